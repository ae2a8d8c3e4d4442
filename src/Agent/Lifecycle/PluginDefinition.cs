using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// What a plugin says of itself, whatever it is made of. Owns what was loaded to learn it (an assembly's context, a script engine); disposing it lets go of that.
/// </summary>
/// <remarks>The decoders that it makes are used until it is disposed, and not after.</remarks>
internal abstract class PluginDefinition : IDisposable
{
    /// <summary>The file or resource that the object is in, for messages.</summary>
    public abstract string ObjectName { get; }

    /// <summary>Files that it is made of and that need not lie with it: absolute paths.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>What the metrics' names begin with; null takes the agent's prefix.</summary>
    public virtual string? MetricPrefix => null;

    /// <summary>For a program's name what its section does not say.</summary>
    public virtual IReadOnlyDictionary<string, ProgramOptions> Programs { get; } = new Dictionary<string, ProgramOptions>();

    /// <summary>Whether every program counts as optional: one that can't be attached leaves the rest running.</summary>
    public virtual bool AreProgramsOptional => false;

    /// <summary>Values of the object's <c>const volatile</c> variables.</summary>
    public virtual IReadOnlyDictionary<string, object> Variables { get; } = new Dictionary<string, object>();

    /// <summary>Kernel symbols whose addresses the object wants.</summary>
    public virtual IReadOnlyList<string> KernelAddresses => [];

    /// <summary>Maps that are filled with the ids of control groups.</summary>
    public virtual IReadOnlyList<CgroupIdMap> CgroupIdMaps => [];

    /// <summary>What was read and has no effect, a sentence each, with its place.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>The metrics, at least one.</summary>
    /// <param name="opened">The object, of which some plugins are nothing else.</param>
    /// <exception cref="PluginException">There is none.</exception>
    public abstract IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened);

    /// <summary>The bytes of the BPF object.</summary>
    /// <exception cref="PluginException">It can't be read.</exception>
    public abstract ReadOnlyMemory<byte> ReadObject();

    public abstract void Dispose();
}
