using Prometheus;

namespace EbpfAgent.Health;

/// <summary>Whether the configuration in force is the one that lies in the file. Any thread may tell it.</summary>
internal sealed class ConfigurationMetrics
{
    private readonly Gauge _isApplied;
    private readonly Gauge _appliedAt;
    private readonly TimeProvider _time;

    public ConfigurationMetrics(IMetricFactory metrics, TimeProvider time)
    {
        _time = time;
        _isApplied = metrics.CreateGauge("ebpf_agent_config_last_reload_successful", "1 if the configuration file as it is was applied, 0 if it was refused and the one before it goes on.");
        _appliedAt = metrics.CreateGauge("ebpf_agent_config_last_reload_success_timestamp_seconds", "When the configuration in force was applied, in seconds since 1970.");
        Applied();
    }

    /// <summary>It was read and is in force.</summary>
    public void Applied()
    {
        _isApplied.Set(1);
        _appliedAt.Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
    }

    /// <summary>What lies in the file was refused.</summary>
    public void Refused() => _isApplied.Set(0);
}
