using EbpfAgent.Abstractions;

namespace EbpfAgent.Plugins.RunQueueLatency;

/// <summary>How long runnable tasks wait for a CPU.</summary>
public sealed class RunQueueLatencyPlugin : IPlugin
{
    public BpfObjectSource BpfObject => BpfObjectSource.FromResource("run_queue_latency.bpf.o");

    public IReadOnlyList<Metric> Metrics =>
    [
        new HistogramMetric<CauseKey>
        {
            Map = "run_queue_latency",
            Name = "run_queue_latency_seconds",
            Help = "Time that runnable tasks waited for a CPU, after a wakeup or after they were preempted.",
        },
    ];
}
