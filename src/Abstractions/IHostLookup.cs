namespace EbpfAgent.Abstractions;

/// <summary>
/// What a key may want to know about the machine that the agent runs on. Implemented by the agent (and by authors' tests);
/// members may be added in later versions. All members may be called from any thread and never throw for what the host lacks.
/// </summary>
public interface IHostLookup
{
    /// <summary>The name of a block device, for example <c>sda</c> or <c>loop3</c>, or null where the host has none by this number.</summary>
    /// <param name="major">The major number.</param>
    /// <param name="minor">The minor number.</param>
    /// <remarks>Source: <c>/sys/dev/block/MAJOR:MINOR</c>.</remarks>
    string? DeviceName(uint major, uint minor);

    /// <summary>The kernel function or object that an address lies in, without the offset: <c>tcp_sendmsg</c>; null where none does, or addresses are hidden.</summary>
    /// <param name="address">An address of the kernel.</param>
    /// <remarks>Source: <c>/proc/kallsyms</c>.</remarks>
    string? KernelSymbol(ulong address) => null;

    /// <summary>A network interface's name, <c>eth0</c>, in the agent's own network namespace; null where there is none of this index.</summary>
    /// <param name="index">The interface's index.</param>
    /// <remarks>Source: <c>/sys/class/net/*/ifindex</c>.</remarks>
    string? InterfaceName(uint index) => null;

    /// <summary>A network namespace's name, as <c>ip netns</c> shows it; <c>host</c> for that of process 1; null where it has none.</summary>
    /// <param name="inode">The namespace's inode number, as <c>net-&gt;ns.inum</c> has it.</param>
    /// <remarks>Source: <c>/run/netns</c>, and <c>/proc/1/ns/net</c>.</remarks>
    string? NetworkNamespaceName(uint inode) => null;

    /// <summary>A control group's path below the root of version 2, <c>/system.slice/ssh.service</c>; null where there is none of this id.</summary>
    /// <param name="id">The group's id, as <c>bpf_get_current_cgroup_id()</c> gives it.</param>
    /// <remarks>Source: the inode numbers of the mounted cgroup2 file system.</remarks>
    string? CgroupPath(ulong id) => null;

    /// <summary>A user's name, or null where the host's users have none of this number.</summary>
    /// <param name="id">The user's number.</param>
    /// <remarks>Source: <c>/etc/passwd</c>.</remarks>
    string? UserName(uint id) => null;

    /// <summary>A process's short name (comm), or null where it had ended when it was first asked for. A number is given to another process later: prefer to have the kernel's side put the name into the key.</summary>
    /// <param name="id">The process's number in the agent's own process namespace.</param>
    /// <remarks>Source: <c>/proc/ID/comm</c>.</remarks>
    string? ProcessName(uint id) => null;

    /// <summary>The maker of a PCI device, or null where the host's list has none of this number.</summary>
    /// <param name="vendor">The vendor's number.</param>
    /// <remarks>Source: the host's <c>pci.ids</c>.</remarks>
    string? PciVendor(ushort vendor) => null;

    /// <summary>A PCI device's model, or null where the host's list has none of these numbers.</summary>
    /// <param name="vendor">The vendor's number.</param>
    /// <param name="device">The device's number, of that vendor.</param>
    /// <remarks>Source: the host's <c>pci.ids</c>.</remarks>
    string? PciDevice(ushort vendor, ushort device) => null;

    /// <summary>A class of PCI devices, or null where the host's list has none of this number.</summary>
    /// <param name="deviceClass">The class: 2 is a network controller.</param>
    /// <remarks>Source: the host's <c>pci.ids</c>.</remarks>
    string? PciClass(byte deviceClass) => null;

    /// <summary>A subclass of PCI devices, or null where the host's list has none of these numbers.</summary>
    /// <param name="deviceClass">The class.</param>
    /// <param name="subclass">The subclass: 0 of class 2 is Ethernet.</param>
    /// <remarks>Source: the host's <c>pci.ids</c>.</remarks>
    string? PciSubclass(byte deviceClass, byte subclass) => null;
}
