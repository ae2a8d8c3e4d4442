using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Polling;

namespace EbpfAgent.Benchmarks;

/// <summary>A million events out of a ring buffer, each counted under its bytes; against libbpf, which only counts how many there are.</summary>
internal static class EventsBench
{
    private const int Events = 1_000_000;
    private const int Different = 1000;
    private const int EventBytes = 16;
    private const int Runs = 7;

    public static void Run()
    {
        using LoadedBpfObject loaded = OpenBpfObject.Open(NumbersPlugin.Object, Resource.Read(NumbersPlugin.Object)).Load(KernelFacts.Read());
        BpfMap map = loaded.Map(NumbersPlugin.Events);
        using IEventBuffer buffer = EventBuffers.Open(map);
        var tally = new EventTally(EventBytes, maxKeys: 100_000, buffer.IsPadded);
        uint id = BpfInfo.Map(map.Handle).Id;
        double best = double.PositiveInfinity, floor = double.PositiveInfinity;
        for (int run = 0; run < Runs; run++)
        {
            NumbersPlugin.Send(loaded, Events, Different);
            best = Math.Min(best, Report.Best(1, static () => { }, () => buffer.Drain(tally)) * 1e6 / Events);
            if (tally.Counted != (ulong)Events * (ulong)(run + 1)) throw new InvalidOperationException($"{tally.Counted} events were counted in {run + 1} runs of {Events}");
            // The same buffer, filled in the same way, in its turn.
            NumbersPlugin.Send(loaded, Events, Different);
            floor = Math.Min(floor, Floor.Measure("events", $"{id}", $"{Events}"));
        }

        Report.Figure("event", best, "ns");
        Report.Figure("floor_event", floor, "ns");
        Report.Figure("ratio_event", best / floor, "x");
    }
}
