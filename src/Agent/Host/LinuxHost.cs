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
    // Each is made when it is first asked: most agents ask one or two of them, and their tables are compiled as they come to be.
    private readonly Lazy<DeviceNames> _devices = new(() => new DeviceNames(root, time));
    private readonly Lazy<KernelSymbols> _kernel = new(() => new KernelSymbols(root, time));
    private readonly Lazy<InterfaceNames> _interfaces = new(() => new InterfaceNames(root, time));
    private readonly Lazy<NetworkNamespaces> _namespaces = new(() => new NetworkNamespaces(root, time, files));
    private readonly Lazy<ControlGroups> _groups = new(() => new ControlGroups(root, time, files));
    private readonly Lazy<UserNames> _users = new(() => new UserNames(root, time, files));
    private readonly Lazy<ProcessNames> _processes = new(() => new ProcessNames(root, time));
    private readonly Lazy<PciNames> _pci = new(() => new PciNames(root, time));
    private readonly Lazy<UserSymbols> _functions = new(() => new UserSymbols(root, time, files));

    /// <inheritdoc/>
    public string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public string? DeviceName(uint major, uint minor) => _devices.Value.Find(major, minor);

    public string? KernelSymbol(ulong address) => _kernel.Value.Find(address);

    public string? InterfaceName(uint index) => _interfaces.Value.Find(index);

    public string? NetworkNamespaceName(uint inode) => _namespaces.Value.Find(inode);

    /// <inheritdoc/>
    public string CgroupMount => _groups.Value.Mount ?? IHost.UsualCgroupMount;

    public string? CgroupPath(ulong id) => _groups.Value.Find(id);

    /// <inheritdoc cref="ControlGroups.Existing"/>
    public IReadOnlyDictionary<ulong, string> CgroupPaths() => _groups.Value.Existing();

    public string? UserName(uint id) => _users.Value.Find(id);

    public string? ProcessName(uint id) => _processes.Value.Find(id);

    public string? PciVendor(ushort vendor) => _pci.Value.Vendor(vendor);

    public string? PciDevice(ushort vendor, ushort device) => _pci.Value.Device(vendor, device);

    public string? PciClass(byte deviceClass) => _pci.Value.Class(deviceClass);

    public string? PciSubclass(byte deviceClass, byte subclass) => _pci.Value.Subclass(deviceClass, subclass);

    public string? UserSymbol(uint process, ulong address) => _functions.Value.Find(process, address);
}
