using EbpfAgent.Bpf;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Benchmarks;

/// <summary>A plugin of one histogram whose keys are decoded in one of the four ways.</summary>
internal sealed class RequestsPlugin(KeyDecoder decoder) : BenchPlugin
{
    public const string Object = "bench_keys.bpf.o";
    public const string Requests = "requests";

    public override string ObjectName => Object;

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) => [new MetricDefinition(Requests, $"bench_{decoder.Name}_seconds", "A benchmark.", decoder.Create)];

    public override void Change(LoadedBpfObject loaded, ulong round) => MapFiller.Fill(loaded.Map(Requests), 10_000, RequestKey.Write, round);
}
