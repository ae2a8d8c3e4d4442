namespace EbpfAgent.Abstractions;

/// <summary>
/// The key of a BPF map, as an unmanaged struct with the same fields as the kernel's, and what it becomes: label values.
/// </summary>
/// <remarks>
/// The struct's size and the offset and width of each field are checked against the object's BTF when the plugin loads,
/// so a key can't be misread: a difference is an error that names both layouts. Field names are compared as well, without regard to
/// case and underscores; a difference there is a warning.
/// </remarks>
/// <example>
/// <code>
/// public readonly struct DiskKey : IHistogramKey
/// {
///     public readonly uint Major;
///     public readonly uint Minor;
///
///     public static IReadOnlyList&lt;string&gt; LabelNames => ["device"];
///
///     public IReadOnlyList&lt;string&gt; GetLabelValues(IHostLookup host) => [host.DeviceName(Major, Minor) ?? $"{Major}:{Minor}"];
/// }
/// </code>
/// </example>
public interface IHistogramKey
{
    /// <summary>
    /// The label names, the same at each call; may be empty. Legal Prometheus label names, without <c>le</c> and without
    /// duplicates. Read once, at load.
    /// </summary>
    static abstract IReadOnlyList<string> LabelNames { get; }

    /// <summary>
    /// The label values, as many as there are names and in their order, or null to leave this key out. Called once for
    /// each new key, never twice at the same time for one plugin; the result is kept. Keys with equal values are summed into one series.
    /// </summary>
    /// <param name="host">Look-ups on the machine that the agent runs on.</param>
    /// <remarks>What it throws, and a wrong number of values, costs this key's observations only; it is counted and logged.</remarks>
    IReadOnlyList<string>? GetLabelValues(IHostLookup host);
}
