using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Benchmarks;

/// <summary>Polls of counters and gauges, against the read and the sum of the same map in C; and that no poll's allocations grow with the series, events included.</summary>
internal static class NumbersBench
{
    private const int Series = 10_000;
    private const int Runs = 40;
    private const int AllocationRuns = 20;

    public static void Run()
    {
        foreach (string map in NumbersPlugin.Maps)
        {
            double few = Measure(map, Series / 10);
            double many = Measure(map, Series);
            Report.Figure($"allocated_per_poll_and_series_{map}", (many - few) / (Series - (Series / 10)), "bytes");
        }
    }

    // What a poll allocates in the whole process, the thread that takes events between polls included.
    private static double Measure(string map, int series)
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, KernelFacts.Read(), new MapCalls(), TimeProvider.System);
        var plugin = new NumbersPlugin([map], series);
        using RunningPlugin running = plugin.Start(registry, loader, map);
        ulong round = 1;
        void Change() => plugin.Change(running.Object, ++round);
        double best = Report.BestInTurn(Runs, Change, [running.Poll])[0];
        if (series == Series && map != NumbersPlugin.Events) Compare(map, best);
        long allocated = 0;
        for (int i = 0; i < AllocationRuns; i++)
        {
            Change();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            running.Poll();
            allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        loader.Pump.Dispose();
        return allocated / (double)AllocationRuns;
    }

    private static void Compare(string map, double best)
    {
        double floor = Floor.Measure(map == "counts_per_cpu" ? "sums_per_cpu" : "sums", $"{Series}");
        Report.Figure($"poll_{map}_{Series}", best, "ms");
        Report.Figure($"floor_poll_{map}_{Series}", floor, "ms");
        Report.Figure($"ratio_poll_{map}_{Series}", best / floor, "x");
    }
}
