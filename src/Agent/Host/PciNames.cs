namespace EbpfAgent.Host;

/// <summary>
/// PCI devices' names, from the list that the host's package <c>pci.ids</c> or <c>hwdata</c> brings: read at the first question, and then kept, about 1 MB.
/// Where there is none it is looked for again after a minute. A compressed list (<c>pci.ids.gz</c>) is not read.
/// </summary>
internal sealed class PciNames(string root, TimeProvider time)
{
    private const long MaxBytes = 16 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly string[] Places = ["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "usr/share/pci.ids"];

    private readonly Lock _gate = new();
    private RangeNames? _names;
    private long? _lookedAt;

    public string? Vendor(ushort vendor) => Names()?.Find(PciNumber.OfVendor(vendor));

    public string? Device(ushort vendor, ushort device) => Names()?.Find(PciNumber.OfDevice(vendor, device));

    public string? Class(byte deviceClass) => Names()?.Find(PciNumber.OfClass(deviceClass));

    public string? Subclass(byte deviceClass, byte subclass) => Names()?.Find(PciNumber.OfSubclass(deviceClass, subclass));

    private RangeNames? Names()
    {
        lock (_gate)
        {
            if (_names is not null || (_lookedAt is { } then && time.GetElapsedTime(then) < Pause)) return _names;
            _names = Places.Select(place => HostFile.Try(() => Read(Path.Combine(root, place)))).FirstOrDefault(static names => names is not null);
            _lookedAt = time.GetTimestamp();
            return _names;
        }
    }

    private static RangeNames? Read(string path)
    {
        using FileStream? file = HostFile.Open(path);
        return file is null ? null : PciList.Read(new LineReader(file, MaxBytes));
    }
}
