// What a label decoder finds around it, for editors. In a script of a plugin's folder:
//
//   /// <reference path="../ebpf-agent.d.ts" />
//
//   /** @type {EbpfAgent.Decode<{ dev: { major: number, minor: number }, bytes: bigint }>} */
//   export const decode = key => [host.device(key.dev.major, key.dev.minor)];
//
// The agent itself doesn't read this file.

declare namespace EbpfAgent {
  /** The names of the labels: letters, digits and underscores. A module exports them as `labels`. */
  type Labels = readonly string[];

  /** A label's value; it becomes text as JavaScript writes it. */
  type Value = string | number | bigint | boolean;

  /** A value for each label, in the order of their names; null leaves the key out. */
  type Values = readonly Value[] | null | undefined;

  /** What a module exports as `decode`. A key has the fields of the kernel's struct: numbers up to 32 bits, BigInt for 64, strings for char arrays. */
  type Decode<Key = any> = (key: Key) => Values;

  /** A whole number. Above 2^53 only a BigInt is exact, and nothing else is taken. */
  type Integer = number | bigint;

  interface Host {
    /** The machine's architecture. */
    readonly architecture: "x64" | "arm64";

    // What the machine knows; null where it knows nothing of the number.

    /** A block device's name: `sda`. */
    device(major: Integer, minor: Integer): string | null;
    /** The kernel function or object that an address lies in: `tcp_sendmsg`. */
    ksym(address: Integer): string | null;
    /** The function of a process that an address lies in: `malloc`, or `libc.so.6+0x9d20`. */
    usym(pid: Integer, address: Integer): string | null;
    /** A network interface's name, in the agent's own network namespace: `eth0`. */
    ifname(index: Integer): string | null;
    /** A network namespace's name, as `ip netns` shows it. */
    netns(inode: Integer): string | null;
    /** A control group's path: `/system.slice/ssh.service`. */
    cgroup(id: Integer): string | null;
    /** A user's name. */
    user(uid: Integer): string | null;
    /** A process's short name, while it lives. */
    comm(pid: Integer): string | null;
    /** The maker of a PCI device. */
    pciVendor(vendor: Integer): string | null;
    /** A PCI device's model. */
    pciDevice(vendor: Integer, device: Integer): string | null;
    /** A class of PCI devices: `Network controller`. */
    pciClass(deviceClass: Integer): string | null;
    /** A subclass of PCI devices: `Ethernet controller`. */
    pciSubclass(deviceClass: Integer, subclass: Integer): string | null;

    // The built-in decoders; what is unknown is `unknown:` and the number.

    /** An error number's name, with or without its sign: `ENOENT`; 0 is `success`. */
    errno(number: Integer): string;
    /** A signal's name: `SIGKILL`. */
    signal(number: Integer): string;
    /** A system call's name on this machine: `openat`. */
    syscall(number: Integer): string;
    /** A TCP state: `ESTABLISHED`. */
    tcpState(number: Integer): string;
    /** An address family: `AF_INET6`. */
    addressFamily(number: Integer): string;
    /** An IP protocol: `tcp`. */
    protocol(number: Integer): string;
    /** A softirq: `NET_RX`. */
    softirq(number: Integer): string;
    /** A number as `0x1f`, or bytes in hexadecimal. */
    hex(value: Integer | readonly number[]): string;
    /** A port in network order, as the kernel has it. */
    port(number: Integer): string;
    /** An IP address: a number in network order as the kernel has it, or with `"host"` in the machine's own; or its 4 or 16 bytes. */
    ip(address: Integer, order?: "host"): string;
    ip(bytes: readonly number[]): string;
    /** A hardware address of 6 bytes: `52:54:00:12:34:56`. */
    mac(bytes: readonly number[]): string;
    /** A domain name in DNS' wire format: its bytes, or the string that a char array is. */
    dname(bytes: readonly number[] | string): string;
    /** The id of the container that a control group (its id, or its path) belongs to; empty where it is in none. */
    container(cgroup: Integer | string): string;
    /** The uid of the Kubernetes pod that a control group (its id, or its path) belongs to; empty where it is in none. */
    pod(cgroup: Integer | string): string;
  }
}

/** What a decoder may ask of the machine, and the built-in decoders. */
declare const host: EbpfAgent.Host;

/** Lines for the agent's log: 20 in a call, 100 in a minute. */
interface Console {
  log(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

declare var console: Console;
