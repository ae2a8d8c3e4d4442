using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Host;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>Plugins on the agent's own way, outside of a running agent: for whoever writes one, and wants to know what the agent would make of it.</summary>
/// <param name="configuration">Whose limits, prefix and scripts count.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what a running agent would log of them.</param>
internal sealed class PluginTrial(AgentConfiguration configuration, TimeProvider time, ILogger logger)
{
    private readonly LinuxHost _host = new("/", time, new FileCalls());
    private readonly ContextCensus _contexts = new(time);
    private readonly KernelFacts _kernel = KernelFacts.Read();

    /// <summary>The plugin at a path, or the plugins in it.</summary>
    /// <param name="path">A plugin's folder or file, or a folder of plugins.</param>
    /// <exception cref="PluginException">There is none.</exception>
    public static IReadOnlyList<PluginCandidate> Find(string path)
    {
        if (!Path.Exists(path)) throw new PluginException(PluginError.Plugin, $"{path} is not there; name a plugin's folder or file, or a folder of plugins");
        PluginCandidate? one = PluginScan.At(path);
        if (one is { EntryPath: not null }) return [one];
        IReadOnlyList<PluginCandidate> within = Directory.Exists(path) ? [.. PluginScan.Scan([Path.GetFullPath(path)]).Candidates.Where(static candidate => candidate.EntryPath is not null)] : [];
        return within.Count > 0 ? within : throw new PluginException(PluginError.Plugin, one?.Problem ?? $"{path} is no plugin: it is neither a DLL, nor a BPF object (*.bpf.o), nor a NAME.yaml with its NAME.bpf.o");
    }

    /// <summary>Checks all that can be known without the kernel.</summary>
    /// <exception cref="PluginException">It can't run.</exception>
    public ExaminedPlugin Examine(PluginCandidate candidate) =>
        ExaminedPlugin.Of(candidate.Name, configuration.MetricPrefix, () => Define(candidate), _kernel);

    /// <summary>Loads and attaches it.</summary>
    /// <param name="candidate">The plugin.</param>
    /// <param name="observe">Is shown each metric, and may put something in its place.</param>
    /// <exception cref="PluginException">It can't run.</exception>
    public RunningPlugin Run(PluginCandidate candidate, Func<MetricBinding, MetricBinding> observe)
    {
        var loader = new PluginLoader(new FamilyRegistry(), _kernel, new MapCalls(), time) { Groups = _host.CgroupPaths, GroupMount = () => _host.CgroupMount, Observe = observe };
        IPreparedPlugin prepared = loader.Prepare(configuration.For(candidate.Name), configuration.MetricPrefix, () => Define(candidate), before: null);
        try
        {
            return prepared.Start(before: null);
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    private PluginDefinition Define(PluginCandidate candidate) => Definitions.Of(candidate, new DecoderFactory(configuration.For(candidate.Name), _host, logger), _contexts);
}
