using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>A host whose answers are the questions; it knows nothing of 0.</summary>
internal sealed class ScriptTestHost : IHost
{
    public string Architecture => "x86_64";

    public string? DeviceName(uint major, uint minor) => major == 0 ? null : $"dev{major}-{minor}";

    public string? KernelSymbol(ulong address) => address == 0 ? null : $"sym{address}";

    public string? UserSymbol(uint process, ulong address) => address == 0 ? null : $"sym{process}-{address}";

    public string? InterfaceName(uint index) => index == 0 ? null : $"eth{index}";

    public string? NetworkNamespaceName(uint inode) => inode == 0 ? null : $"net{inode}";

    public string? CgroupPath(ulong id) => id == 0 ? null : $"/docker/{id:x64}";

    public string? UserName(uint id) => id == 0 ? null : $"user{id}";

    public string? ProcessName(uint id) => id == 0 ? null : $"comm{id}";

    public string? PciVendor(ushort vendor) => vendor == 0 ? null : $"vendor{vendor}";

    public string? PciDevice(ushort vendor, ushort device) => vendor == 0 ? null : $"pci{vendor}-{device}";

    public string? PciClass(byte deviceClass) => deviceClass == 0 ? null : $"class{deviceClass}";

    public string? PciSubclass(byte deviceClass, byte subclass) => deviceClass == 0 ? null : $"class{deviceClass}-{subclass}";
}
