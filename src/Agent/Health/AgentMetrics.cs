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

    public AgentMetrics(TimeProvider time)
    {
        MetricFactory factory = Metrics.WithCustomRegistry(_registry);
        _process = new ProcessMetrics(factory, time);
        _plugins = new PluginMetrics(factory);
    }

    /// <summary>Brings the metrics up to date and writes them in text format 0.0.4.</summary>
    public async Task WriteAsync(IReadOnlyList<PluginSupervisor> supervisors, Stream to, CancellationToken cancellation)
    {
        _process.Update();
        _plugins.Update(supervisors);
        await _registry.CollectAndExportAsTextAsync(to, cancellation);
    }
}
