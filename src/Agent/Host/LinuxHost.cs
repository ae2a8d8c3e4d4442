using System.Runtime.InteropServices;

namespace EbpfAgent.Host;

/// <summary>
/// The machine that the agent runs on, read from procfs, sysfs and a few files below a root that tests can choose. Nothing is read before it is asked for. Any
/// thread may call any member: each subject has a lock of its own, so that a question about one never waits for another's files.
/// </summary>
/// <param name="root">The root of the file system, <c>/</c> unless the host's is mounted elsewhere.</param>
/// <param name="time">The clock of the caches.</param>
/// <param name="files">What .NET can't ask of files.</param>
internal sealed class LinuxHost(string root, TimeProvider time, IFileCalls files) : IHost
{
    private readonly DeviceNames _devices = new(root, time);
    private readonly KernelSymbols _kernel = new(root, time);
    private readonly InterfaceNames _interfaces = new(root, time);
    private readonly NetworkNamespaces _namespaces = new(root, time, files);
    private readonly ControlGroups _groups = new(root, time, files);
    private readonly UserNames _users = new(root, time, files);
    private readonly ProcessNames _processes = new(root, time);
    private readonly PciNames _pci = new(root, time);
    private readonly UserSymbols _functions = new(root, time, files);

    /// <inheritdoc/>
    public string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <inheritdoc cref="KernelSymbols.HidesAddresses"/>
    public bool HidesKernelAddresses => _kernel.HidesAddresses;

    public string? DeviceName(uint major, uint minor) => _devices.Find(major, minor);

    public string? KernelSymbol(ulong address) => _kernel.Find(address);

    /// <inheritdoc cref="KernelSymbols.AddressOf"/>
    public ulong? KernelAddress(string symbol) => _kernel.AddressOf(symbol);

    public string? InterfaceName(uint index) => _interfaces.Find(index);

    public string? NetworkNamespaceName(uint inode) => _namespaces.Find(inode);

    /// <inheritdoc/>
    public string CgroupMount => _groups.Mount ?? IHost.UsualCgroupMount;

    public string? CgroupPath(ulong id) => _groups.Find(id);

    /// <inheritdoc cref="ControlGroups.Existing"/>
    public IReadOnlyDictionary<ulong, string> CgroupPaths() => _groups.Existing();

    public string? UserName(uint id) => _users.Find(id);

    public string? ProcessName(uint id) => _processes.Find(id);

    public string? PciVendor(ushort vendor) => _pci.Vendor(vendor);

    public string? PciDevice(ushort vendor, ushort device) => _pci.Device(vendor, device);

    public string? PciClass(byte deviceClass) => _pci.Class(deviceClass);

    public string? PciSubclass(byte deviceClass, byte subclass) => _pci.Subclass(deviceClass, subclass);

    public string? UserSymbol(uint process, ulong address) => _functions.Find(process, address);
}
