using EbpfAgent.Abstractions;

namespace EbpfAgent.Decoding;

/// <summary>The machine, and whether anybody has asked it: what it answers may change, and with it the labels.</summary>
/// <remarks>As safe for many threads as the machine itself.</remarks>
internal sealed class AskedHost(IHostLookup host) : IHostLookup
{
    private volatile bool _wasAsked;

    public bool WasAsked => _wasAsked;

    private IHostLookup Asked
    {
        get
        {
            _wasAsked = true;
            return host;
        }
    }

    public string? DeviceName(uint major, uint minor) => Asked.DeviceName(major, minor);

    public string? KernelSymbol(ulong address) => Asked.KernelSymbol(address);

    public string? InterfaceName(uint index) => Asked.InterfaceName(index);

    public string? NetworkNamespaceName(uint inode) => Asked.NetworkNamespaceName(inode);

    public string? CgroupPath(ulong id) => Asked.CgroupPath(id);

    public string? UserName(uint id) => Asked.UserName(id);

    public string? ProcessName(uint id) => Asked.ProcessName(id);

    // What a list of the world's hardware says doesn't change.
    public string? PciVendor(ushort vendor) => host.PciVendor(vendor);

    public string? PciDevice(ushort vendor, ushort device) => host.PciDevice(vendor, device);

    public string? PciClass(byte deviceClass) => host.PciClass(deviceClass);

    public string? PciSubclass(byte deviceClass, byte subclass) => host.PciSubclass(deviceClass, subclass);
}
