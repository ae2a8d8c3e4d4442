using EbpfAgent.Abstractions;

namespace EbpfAgent.Configuration;

/// <summary>
/// What a plugin without a DLL says of itself: its <c>plugin.json</c>, checked, or what another form of configuration comes to. Immutable. That the files it names
/// exist is not checked here: a plugin that is still being copied is retried, a manifest that is wrong is not.
/// </summary>
internal sealed record PluginManifest
{
    /// <summary>The manifest's absolute path.</summary>
    public required string File { get; init; }

    /// <summary>The absolute path of the folder that holds the manifest.</summary>
    public required string Folder { get; init; }

    /// <summary>The absolute path of the BPF object: inside <see cref="Folder"/> by its name; symbolic links are not looked at.</summary>
    public required string ObjectPath { get; init; }

    /// <summary>The metrics; no two share a name. Empty takes every map that <c>HISTOGRAM(...)</c> has declared.</summary>
    public required IReadOnlyList<ManifestMetric> Metrics { get; init; }

    /// <summary>What the metrics' names begin with; null takes the agent's prefix.</summary>
    public string? MetricPrefix { get; init; }

    /// <summary>For a program's name what its section does not say.</summary>
    public IReadOnlyDictionary<string, ProgramOptions> Programs { get; init; } = new Dictionary<string, ProgramOptions>();

    /// <summary>Values of the object's <c>const volatile</c> variables; see <see cref="IPlugin.Settings"/>.</summary>
    public IReadOnlyDictionary<string, object> Settings { get; init; } = new Dictionary<string, object>();

    /// <summary>Kernel symbols whose addresses the object wants; see <see cref="IPlugin.KernelAddresses"/>.</summary>
    public IReadOnlyList<string> KernelAddresses { get; init; } = [];

    /// <summary>Maps that the agent fills with the ids of control groups.</summary>
    public IReadOnlyList<CgroupIdMap> CgroupIdMaps { get; init; } = [];

    /// <summary>
    /// Whether each program counts as optional (<see cref="ProgramOptions.IsOptional"/>), for a form of configuration that names no programs: one that can't be attached leaves the rest running.
    /// </summary>
    public bool AreProgramsOptional { get; init; }

    /// <summary>What was read and has no effect here, each with its place: for the log, once at each load, and for whoever checks the file. No errors.</summary>
    public IReadOnlyList<ConfigurationError> Remarks { get; init; } = [];
}
