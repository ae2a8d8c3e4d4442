using EbpfAgent.Abstractions;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration;

/// <summary>One metric, as a manifest declares it. Immutable.</summary>
internal sealed record ManifestMetric
{
    /// <summary>The map's name in the BPF object.</summary>
    public required string Map { get; init; }

    /// <summary>The metric's name without the agent's prefix; a legal Prometheus metric name, once per manifest.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence that says what is counted.</summary>
    public required string Help { get; init; }

    public MetricKind Kind { get; init; }

    /// <summary>The absolute path of the JavaScript module that decodes the map's keys, inside the plugin's folder; null where there is none.</summary>
    public string? ScriptPath { get; init; }

    /// <summary>The labels; null, and without a script, takes every field of the key as BTF describes it.</summary>
    public IReadOnlyList<LabelSpec>? Labels { get; init; }

    /// <summary>
    /// For keys that are described by sizes: the label <c>cpu</c>, where it may be either. Of a per-CPU map it is the CPU's number (<see cref="CpuFolding.Label"/>), and not in the key; of any
    /// other it is the key's last field, and comes after <see cref="Labels"/>, which lack it. Null for all others.
    /// </summary>
    public LabelSpec? CpuLabel { get; init; }

    /// <summary>
    /// For keys that are described by sizes: the bytes that <see cref="Labels"/> and <see cref="Buckets"/> come to, padding included. A map's key has just as many, and an event that many or more. Null
    /// where BTF describes the key.
    /// </summary>
    public int? KeyBytes { get; init; }

    /// <summary>Which field of the map's value feeds the metric; null takes the whole value, or goes by <see cref="ValuePlace"/>.</summary>
    public string? ValueField { get; init; }

    /// <summary>Where in the map's value the number is that feeds the metric, for values that are described by sizes; null goes by <see cref="ValueField"/>.</summary>
    public FieldPlace? ValuePlace { get; init; }

    /// <summary>What becomes of a per-CPU map's values.</summary>
    public CpuFolding Cpus { get; init; }

    /// <summary>How to read a map with an entry for each bucket; null for all others.</summary>
    public BucketSettings? Buckets { get; init; }

    /// <summary>
    /// Whether <see cref="Map"/> is a ring buffer or perf buffer whose events the agent counts: the event's bytes are the key. Told by the map's type, so it needs not be set; set, another type is refused.
    /// </summary>
    public bool IsEvents { get; init; }

    /// <summary>
    /// Whether a counter is exposed as the map has it at the poll, and its series go with their keys: for a form of configuration that knows no gauges and calls them counters. False adds up what keys gain.
    /// </summary>
    public bool IsRaw { get; init; }

    /// <summary>The struct that a buffer's events are, as C writes it; null takes what the object says.</summary>
    public string? EventType { get; init; }

    /// <summary>The factor from the map's values to the exposed base unit, above 0; null takes what the object says.</summary>
    public double? Scale { get; init; }

    /// <summary>The most series of this metric; null takes the agent's configuration.</summary>
    public int? MaxSeries { get; init; }

    /// <summary>Where the metric is declared, for messages about what only the object or the script can tell.</summary>
    public required JsonPosition Position { get; init; }
}
