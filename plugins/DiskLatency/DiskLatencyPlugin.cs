using EbpfAgent.Abstractions;

namespace EbpfAgent.Plugins.DiskLatency;

/// <summary>Latency of block device requests. The agent finds this class, loads the object, and attaches its programs.</summary>
public sealed class DiskLatencyPlugin : IPlugin
{
    public BpfObjectSource BpfObject => BpfObjectSource.FromResource("disk_latency.bpf.o");

    // Buckets and unit come from the object itself: SECONDS(-20, 5) there is seconds here.
    public IReadOnlyList<Metric> Metrics =>
    [
        new HistogramMetric<DiskKey>
        {
            Map = "disk_io_latency",
            Name = "disk_io_latency_seconds",
            Help = "Time from issue to completion of block device requests.",
        },
    ];
}
