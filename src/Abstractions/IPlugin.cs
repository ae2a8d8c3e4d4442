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

    /// <summary>
    /// The metrics, at least one. A map may feed several where each takes another <see cref="Metric.ValueField"/> of its value; all of them are read from one poll.
    /// </summary>
    IReadOnlyList<Metric> Metrics { get; }

    /// <summary>For a program's name (its C function's) what its section does not say; none by default.</summary>
    IReadOnlyDictionary<string, ProgramOptions> Programs => new Dictionary<string, ProgramOptions>();

    /// <summary>
    /// Values for the object's <c>const volatile</c> variables, by name, set before it is loaded: a <see cref="bool"/>, any integer, a <see cref="double"/>, or a
    /// <see cref="string"/> for a <c>char[]</c>. One that doesn't fit the variable's type fails the load. None by default.
    /// </summary>
    IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>();

    /// <summary>
    /// Kernel symbols whose addresses the object wants: that of <c>tcp_prot</c> goes into its variable <c>const volatile __u64 kaddr_tcp_prot</c>, before it is loaded. A symbol that this
    /// kernel lacks fails the load as unsupported. None by default.
    /// </summary>
    /// <remarks>Source: <c>/proc/kallsyms</c>, which shows addresses to root and CAP_SYSLOG only.</remarks>
    IReadOnlyList<string> KernelAddresses => [];
}
