namespace EbpfAgent.Abstractions;

/// <summary>
/// One metric family: the map that feeds it, its name and help, its unit, and its bounds. Immutable after its
/// construction. The concrete type says what the map's values are: see <see cref="HistogramMetric{TKey}"/>.
/// </summary>
public abstract class Metric
{
    private protected Metric()
    {
    }

    /// <summary>The map's name in the BPF object.</summary>
    public required string Map { get; init; }

    /// <summary>
    /// The metric's name without the agent's prefix (<c>ebpf_</c> unless configured otherwise), in base units and with the unit as its suffix:
    /// <c>disk_io_latency_seconds</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>One sentence that says what is counted. Any text: it is escaped where the exposition needs it.</summary>
    public required string Help { get; init; }

    /// <summary>
    /// The factor from the map's values to the exposed base unit, above 0: <c>1e-9</c> for nanoseconds exposed as
    /// seconds. Null (the default) takes what the object says: 1e-9 for a time scheme (<c>SECONDS</c>), 1 for all others. A time scheme
    /// admits no other factor.
    /// </summary>
    public double? Scale { get; init; }

    /// <summary>
    /// Which field of the map's value feeds this metric, by its name in C (<c>bytes</c>, <c>io.bytes</c>); null (the default) takes the whole value, which is a number then. Not for a histogram of <c>HISTOGRAM(...)</c>.
    /// </summary>
    public string? ValueField { get; init; }

    /// <summary>What becomes of the values of a per-CPU map's CPUs. <see cref="CpuFolding.Sum"/> by default.</summary>
    public CpuFolding Cpus { get; init; }

    /// <summary>The most series that this metric may have; null (the default) takes the agent's configuration.</summary>
    public int? MaxSeries { get; init; }

    /// <summary>The struct that mirrors the map's key.</summary>
    public abstract Type KeyType { get; }

    /// <summary>The label names, in the order of the values.</summary>
    public abstract IReadOnlyList<string> LabelNames { get; }

    /// <summary>The label values of one key, or null to leave it out. Called by the agent, for one key at a time.</summary>
    /// <param name="key">The key's bytes as the kernel holds them, at least as long as the struct; valid during the call only.</param>
    /// <param name="host">Look-ups on the machine that the agent runs on.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is shorter than the struct.</exception>
    public abstract IReadOnlyList<string>? DecodeKey(ReadOnlySpan<byte> key, IHostLookup host);
}
