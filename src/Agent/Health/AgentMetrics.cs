using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using Prometheus;

namespace EbpfAgent.Health;

/// <summary>The agent's own metrics, in a registry of prometheus-net; their names begin with <see cref="FamilyRegistry.AgentPrefix"/>, which no plugin may use.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
internal sealed class AgentMetrics
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly PluginMetrics _plugins;
    private readonly ProcessMetrics _process;
    private readonly Gauge _contexts;
    private readonly Gauge _leftOut;

    public AgentMetrics(TimeProvider time)
    {
        MetricFactory factory = Metrics.WithCustomRegistry(_registry);
        _process = new ProcessMetrics(factory, time);
        _plugins = new PluginMetrics(factory);
        Configuration = new ConfigurationMetrics(factory, time);
        _contexts = factory.CreateGauge("ebpf_agent_contexts_not_collected", "Load contexts of C# plugins that were unloaded and are still in memory: something of the plugin's holds them.");
        _leftOut = factory.CreateGauge("ebpf_agent_scrape_families_left_out", "Families that this document leaves out, since it would be larger than maxScrapeSize.");
    }

    /// <summary>How the configuration stands.</summary>
    public ConfigurationMetrics Configuration { get; }

    /// <summary>Brings the metrics up to date and writes them in text format 0.0.4.</summary>
    public async Task WriteAsync(IPlugins plugins, int familiesLeftOut, Stream to, CancellationToken cancellation)
    {
        _process.Update();
        _plugins.Update(plugins);
        _contexts.Set(plugins.ContextsNotCollected);
        _leftOut.Set(familiesLeftOut);
        await _registry.CollectAndExportAsTextAsync(to, cancellation);
    }
}
