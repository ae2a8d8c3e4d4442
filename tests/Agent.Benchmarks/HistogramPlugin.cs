using EbpfAgent.Bpf;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Benchmarks;

/// <summary>A plugin of one histogram with as many series as are wanted, 1,000 or 10,000.</summary>
internal sealed class HistogramPlugin(int series) : BenchPlugin
{
    private string Map => $"series_{series}";

    public override string ObjectName => "bench_series.bpf.o";

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) => [new MetricDefinition(Map, $"bench_{series}_seconds", "A benchmark.", static key => new DiskDecoder(key.Size))];

    public override void Change(LoadedBpfObject loaded, ulong round) => MapFiller.Fill(loaded.Map(Map), series, DiskDecoder.Write, round);
}
