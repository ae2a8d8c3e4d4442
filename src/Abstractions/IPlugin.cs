namespace EbpfAgent.Abstractions;

/// <summary>
/// A plugin: one BPF object, and the metrics that its maps become. The agent finds the single public, non-abstract
/// class of the plugin's assembly that implements this interface, and creates it with its parameterless constructor.
/// </summary>
/// <remarks>
/// Each property is read once, at load, on the plugin's own thread; what it throws fails that load with the exception's
/// message and touches no other plugin. The agent attaches every program of the object and detaches it at unload: a
/// plugin never calls into the kernel itself.
/// </remarks>
/// <example>
/// <code>
/// public sealed class DiskLatency : IPlugin
/// {
///     public BpfObjectSource BpfObject => BpfObjectSource.FromResource("disk_latency.bpf.o");
///
///     public IReadOnlyList&lt;Metric&gt; Metrics =>
///     [
///         new HistogramMetric&lt;DiskKey&gt;
///         {
///             Map = "disk_io_latency",
///             Name = "disk_io_latency_seconds",
///             Help = "Time from issue to completion of block device requests.",
///         },
///     ];
/// }
/// </code>
/// </example>
public interface IPlugin
{
    /// <summary>Where the BPF object (the ELF file that clang made) is: in the plugin's assembly, or in a file beside it.</summary>
    BpfObjectSource BpfObject { get; }

    /// <summary>The metrics, at least one. A map may feed one metric only.</summary>
    IReadOnlyList<Metric> Metrics { get; }
}
