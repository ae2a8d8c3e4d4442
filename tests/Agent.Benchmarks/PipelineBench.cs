using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Exposition;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Benchmarks;

/// <summary>The way of a datum, step by step: a real map polled and folded into series, and the series written as text.</summary>
internal static class PipelineBench
{
    private const int Runs = 60;

    public static void Run(int series)
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, KernelFacts.Read(), new MapCalls(), TimeProvider.System);
        var plugin = new HistogramPlugin(series);
        using RunningPlugin running = plugin.Start(registry, loader, "bench");
        ulong round = 1;
        Poll(series, running, () => plugin.Change(running.Object, ++round));
        Text(series, registry);
    }

    private static void Poll(int series, RunningPlugin running, Action change)
    {
        Report.WarmUp(running.Poll);
        double poll = Report.Best(Runs, change, running.Poll);
        double floor = Floor.Measure("poll", $"{series}");
        Report.Figure($"poll_fold_{series}", poll, "ms");
        Report.Figure($"floor_poll_{series}", floor, "ms");
        Report.Figure($"ratio_poll_fold_{series}", poll / floor, "x");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Runs; i++) running.Poll();
        Report.Figure($"allocated_per_poll_{series}", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Runs, "bytes");
    }

    private static void Text(int series, FamilyRegistry registry)
    {
        var document = new MetricsDocument(registry);
        var buffer = new ExpositionBuffer();
        void Write()
        {
            buffer.Clear();
            document.Write(buffer);
        }

        Report.WarmUp(Write);
        double text = Report.Best(Runs, static () => { }, Write);
        double floor = Floor.Measure("text", $"{series}");
        Report.Figure($"text_{series}", text, "ms");
        Report.Figure($"floor_text_{series}", floor, "ms");
        Report.Figure($"ratio_text_{series}", text / floor, "x");
        Report.Figure($"text_size_{series}", buffer.Length, "bytes");
    }
}
