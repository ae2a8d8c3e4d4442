using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Benchmarks;

/// <summary>A plugin of counters, gauges or events, or all of them.</summary>
/// <param name="maps">Which maps of <c>bench_numbers.bpf.c</c>.</param>
/// <param name="series">How many series each has.</param>
internal sealed unsafe class NumbersPlugin(IReadOnlyList<string> maps, int series) : BenchPlugin
{
    public const string Object = "bench_numbers.bpf.o";
    public const string Events = "events";

    // What the program sends in one run.
    private const int Batch = 1000;

    public static IReadOnlyList<string> Maps { get; } = ["counts", "counts_per_cpu", "gauges", Events];

    public override string ObjectName => Object;

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) =>
    [
        .. maps.Select(static map => new MetricDefinition(map, $"bench_{map}", "A benchmark.", static key => new DiskDecoder(key.Size))
        {
            Kind = map == "gauges" ? MetricKind.Gauge : MetricKind.Counter,
        }),
    ];

    public override void Change(LoadedBpfObject loaded, ulong round)
    {
        foreach (string map in maps)
        {
            if (map == Events) Send(loaded, series, series);
            else MapFiller.Fill(loaded.Map(map), series, DiskDecoder.Write, round);
        }
    }

    /// <summary>Sends events, of which so many are different.</summary>
    public static void Send(LoadedBpfObject loaded, int events, int different)
    {
        LoadedBpfProgram program = loaded.Programs.First(static program => program.Name == "send");
        ulong* arguments = stackalloc ulong[3];
        for (int sent = 0; sent < events; sent += Batch)
        {
            (arguments[0], arguments[1], arguments[2]) = ((ulong)Math.Min(Batch, events - sent), (ulong)sent, (ulong)different);
            var options = new LibBpf.TestRunOptions { Size = (nuint)sizeof(LibBpf.TestRunOptions), ContextIn = (byte*)arguments, ContextSizeIn = 3 * sizeof(ulong) };
            int result = LibBpf.ProgramTestRun(program.Handle, &options);
            if (result < 0) throw BpfException.Of($"can't run '{program.Name}'", result);
        }
    }
}
