using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Hosting;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>All plugins, each with its supervisor.</summary>
internal sealed partial class PluginSet : IAsyncDisposable
{
    // Plugins are loaded one after the other, so that who gets a contested name does not depend on luck; one that doesn't
    // come to an end is left to its own time limit, and the next one is begun.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;

    private PluginSet(FamilyRegistry registry, IReadOnlyList<PluginSupervisor> supervisors, TimeProvider time)
    {
        Registry = registry;
        Supervisors = supervisors;
        _time = time;
    }

    public FamilyRegistry Registry { get; }

    /// <summary>One for each plugin that was found, in the order of their names.</summary>
    public IReadOnlyList<PluginSupervisor> Supervisors { get; }

    /// <summary>Looks for plugins where the configuration says, and loads none.</summary>
    public static PluginSet Discover(AgentConfiguration configuration, KernelFacts kernel, TimeProvider time, ILogger logger)
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, kernel, new MapCalls(), configuration.MetricPrefix, time);
        var host = new LinuxHost("/", time);
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = PluginScan.Scan(configuration.PluginFolders);
        foreach (string problem in problems) LogProblem(logger, problem);
        foreach (string name in configuration.Plugins.Keys.Except(candidates.Select(static c => c.Name), StringComparer.OrdinalIgnoreCase))
            LogProblem(logger, $"{configuration.File}: plugins.{name}: no plugin of this name was found in {string.Join(", ", configuration.PluginFolders)}");
        return new PluginSet(registry, [.. candidates.Select(Supervise)], time);

        PluginSupervisor Supervise(PluginCandidate candidate)
        {
            PluginConfiguration settings = configuration.For(candidate.Name);
            var decoders = new DecoderFactory(settings, host, logger);
            return new PluginSupervisor(settings, candidate.Path, () => loader.Load(settings, () => Define(candidate, decoders)), registry, time, logger);
        }
    }

    /// <summary>Loads all plugins. Ends when each has been loaded, has failed, or has outrun everybody's patience.</summary>
    public async Task StartAsync()
    {
        foreach (PluginSupervisor supervisor in Supervisors)
        {
            await Task.WhenAny(supervisor.StartAsync(), Task.Delay(Patience, _time));
        }
    }

    /// <summary>How the plugins stand, in a line.</summary>
    public string Summary()
    {
        if (Supervisors.Count == 0) return "no plugins found";
        IEnumerable<string> states = Supervisors.GroupBy(static supervisor => supervisor.Status.State).OrderBy(static group => group.Key)
            .Select(static group => $"{group.Key.ToString().ToLowerInvariant()}: {string.Join(", ", group.Select(static supervisor => supervisor.Name))}");
        return string.Join("; ", states);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Supervisors.Select(static supervisor => supervisor.DisposeAsync().AsTask()));

    private static PluginDefinition Define(PluginCandidate candidate, DecoderFactory decoders) => candidate switch
    {
        { EntryPath: null } => throw new PluginException(PluginError.Plugin, candidate.Problem!),
        { HasManifest: true } => new ScriptPlugin(PluginManifestLoader.Load(candidate.EntryPath), decoders),
        _ => ManagedPlugin.Load(candidate.EntryPath, decoders),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
