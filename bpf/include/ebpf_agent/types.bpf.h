/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Types that say what a key's field *is*, where it is known best: in C. The agent finds them in the object's BTF and makes the label of such a
 * field what people read, without a line in any manifest. Include <linux/types.h> or vmlinux.h first.
 *
 *	struct call_key {
 *		agent_syscall_t call;  // call="openat"
 *		agent_errno_t error;   // error="ENOENT"
 *	};
 *
 * agent_NAME_t asks for the decoder NAME of docs/decoders.md, but for a few that are listed there. Any decoder that needs no arguments can be asked
 * for so, and a width that is missing here is a typedef of your own, with the width before the _t: typedef __u8 agent_tcp_state_u8_t.
 * What the agent does not know it takes for the plain type. Typedefs cost nothing: not in the kernel, and not in the key.
 *
 * Lay a key out without padding (see histogram.bpf.h): these types are as wide as is usual in the kernel, not all are 4 bytes.
 */
#ifndef EBPF_AGENT_TYPES_BPF_H
#define EBPF_AGENT_TYPES_BPF_H

/* What calls return and take. */
typedef __s32 agent_errno_t;   /* an error as the kernel returns it, -2, or as programs see it, 2; 0 is success */
typedef __u32 agent_syscall_t; /* the number that raw_syscalls:sys_enter has; of 64-bit programs */
typedef __u32 agent_signal_t;  /* 1 to 64 */
typedef __u32 agent_softirq_t; /* the vector that irq:softirq_entry has */

/* Who. Names of processes and users come from the machine: a comm in the key, char[16], outlives its process. */
typedef __u32 agent_pid_t;         /* a number that stays one: bpf_get_current_pid_tgid() >> 32 is the process's */
typedef __u32 agent_comm_of_pid_t; /* the same, shown as the name that the process has when the agent first sees the key */
typedef __u32 agent_uid_t;         /* (__u32)bpf_get_current_uid_gid() */
typedef __u64 agent_cgroup_t;      /* bpf_get_current_cgroup_id(), shown as the group's path */
typedef __u64 agent_container_t;   /* the same, shown as the id of the container that the group is in */
typedef __u64 agent_pod_t;         /* the same, shown as the uid of the pod */

/* The network. __beNN is as it lies in a packet or in a socket's skc_daddr; a port in skc_num, and those of sock:inet_sock_set_state, are the host's. */
typedef __be32 agent_ipv4_t;
typedef __u32 agent_ipv4_host_t;
typedef struct {
	__u8 bytes[16]; /* as in struct in6_addr; an IPv4 address that is mapped into it is shown as such */
} agent_ipv6_t;
typedef __be16 agent_port_t;
typedef __u16 agent_port_host_t;
typedef __u8 agent_mac_t[6];
typedef __u32 agent_ifindex_t;        /* in the network namespace of the agent */
typedef __u32 agent_netns_t;          /* net->ns.inum */
typedef __u16 agent_address_family_t; /* AF_INET... */
typedef __u16 agent_protocol_t;       /* IPPROTO_TCP... */
typedef __u32 agent_tcp_state_t;      /* TCP_ESTABLISHED..., BPF_TCP_ESTABLISHED... */

/* Devices. */
typedef __u32 agent_dev_t;          /* the kernel's own dev_t: major << 20 | minor, as in bd_dev and in block:block_rq_issue */
typedef __u16 agent_pci_vendor_t;   /* pci_dev->vendor */
typedef __u32 agent_pci_device_t;   /* (__u32)pci_dev->vendor << 16 | pci_dev->device */
typedef __u8 agent_pci_class_t;     /* pci_dev->class >> 16 */
typedef __u16 agent_pci_subclass_t; /* pci_dev->class >> 8: the class is in its upper byte */

/* Code. Zeros end a stack: clear the key before bpf_get_stack(ctx, key.stack, sizeof(key.stack), 0) fills it. */
typedef __u64 agent_ksym_t;   /* an address of the kernel, shown as the function that it lies in */
typedef __u64 agent_kstack_t; /* one frame: a key has an array of them, agent_kstack_t stack[16] */
typedef __u64 agent_ustack_t; /* one frame of a stack with BPF_F_USER_STACK; the key needs an agent_pid_t as well */

/* Plain values that are not what their type looks like. */
typedef __u64 agent_hex_t;   /* 0x1f */
typedef __u8 agent_bool_t;   /* true, false */
typedef __u8 agent_string_t; /* one byte of a text, where it is not declared as char: agent_string_t name[16] */
typedef __u8 agent_dname_t;  /* one byte of a DNS name in wire format: agent_dname_t name[64] */

#endif
