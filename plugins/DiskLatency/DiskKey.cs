using EbpfAgent.Abstractions;

namespace EbpfAgent.Plugins.DiskLatency;

/// <summary>Mirrors <c>struct disk_key</c>, field by field: the agent compares the two when the plugin loads.</summary>
public readonly struct DiskKey : IHistogramKey
{
    public readonly uint Major;
    public readonly uint Minor;
    public readonly uint Operation;

    public static IReadOnlyList<string> LabelNames => ["device", "operation"];

    public IReadOnlyList<string> GetLabelValues(IHostLookup host) =>
    [
        // A disk that is gone has no name any more, but its numbers still say which one it was.
        host.DeviceName(Major, Minor) ?? $"{Major}:{Minor}",
        Operation switch { 0 => "read", 1 => "write", 2 => "flush", 3 => "discard", _ => "other" },
    ];
}
