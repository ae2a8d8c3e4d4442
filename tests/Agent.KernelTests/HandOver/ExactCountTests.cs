using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>Each event is counted by the version before or by the version after: not by both, not by neither.</summary>
public sealed class ExactCountTests : KernelTest
{
    private const int TakeOvers = 100;

    // More of them say more: HANDOVER_EVENTS=20000000 is what a loss of one in a million would be seen in twenty times over.
    private static readonly long Events = long.Parse(Environment.GetEnvironmentVariable("HANDOVER_EVENTS") ?? "2000000", CultureInfo.InvariantCulture);

    [Fact]
    public void No_event_is_lost_or_doubled_while_versions_follow_each_other()
    {
        LoadedBpfObject running = Versions.Run("hand_over_1.bpf.o");
        try
        {
            using var calls = new RareCalls(Events);
            int done = 0;
            // Over the whole of the events, however long they take: the next one when its share of them has been made.
            for (; done < TakeOvers; done++)
            {
                while (calls.Made < Events * done / TakeOvers && !calls.IsDone) Thread.Yield();
                running = Versions.Succeed(running, done % 2 == 0 ? "hand_over_2.bpf.o" : "hand_over_1.bpf.o");
            }

            while (!calls.IsDone) Thread.Yield();
            long made = calls.Stop();
            Dictionary<uint, long> counted = Versions.Counts(running.Map("calls"));
            long difference = counted.Values.Sum() - made;
            TestContext.Current.TestOutputHelper?.WriteLine($"{made} events, {done} take-overs: {-Math.Min(0, difference)} lost, {Math.Max(0, difference)} doubled; by version: {string.Join(", ", counted)}");
            Assert.Equal(Events, made);
            Assert.Equal(made, counted.Values.Sum());
            // Both ran, and not for a moment only.
            Assert.All([1u, 2u], version => Assert.InRange(counted[version], Events / 10, Events));
            // What a version keeps in a section goes on, too.
            Assert.Equal((ulong)made, Versions.Read(running.Maps.Single(static map => map.Definition.Section == ".bss"), 0)![0]);
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void What_the_old_version_counted_is_final_when_the_new_one_has_taken_over()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        using var calls = new RareCalls();
        while (calls.Made < 10_000) Thread.Yield();
        // Without a predecessor's maps each version counts into its own.
        using LoadedBpfObject second = Versions.Load("hand_over_2.bpf.o");
        second.PrepareTakeOver(first, Versions.Kernel);
        second.TakeOver(first);
        long final = Versions.Calls(first.Map("calls"));
        long made = calls.Stop();
        Assert.NotEqual(0, final);
        Assert.Equal(final, Versions.Calls(first.Map("calls")));
        Assert.Equal(made, final + Versions.Calls(second.Map("calls")));
    }

    /// <summary>The kinds of programs that this kernel has: each exact.</summary>
    [Fact]
    public void All_kinds_of_programs_are_handed_over_exactly()
    {
        LoadedBpfObject running = Versions.Run("hand_over_kinds_1.bpf.o");
        try
        {
            Assert.Empty(running.Unswitched);
            using var calls = new RareCalls(100_000);
            for (int done = 0; done < 10; done++)
            {
                while (calls.Made < 10_000 * done && !calls.IsDone) Thread.Yield();
                running = Versions.Succeed(running, done % 2 == 0 ? "hand_over_kinds_2.bpf.o" : "hand_over_kinds_1.bpf.o");
                Assert.Empty(running.Unswitched);
            }

            while (!calls.IsDone) Thread.Yield();
            Dictionary<uint, ulong[]> counted = Versions.Histogram(running.Map("by_kind"));
            foreach (uint kind in (uint[])[1, 2, 3])
            {
                // The slots of the values 1 and 2, which are the versions.
                Assert.Equal((kind, 100_000ul), (kind, counted[kind][0] + counted[kind][1]));
                Assert.All(counted[kind][..2], static count => Assert.NotEqual(0ul, count));
            }
        }
        finally
        {
            running.Dispose();
        }
    }

    /// <summary>Where there can't be a switch, the old ends before the new begins: nothing twice.</summary>
    [Fact]
    public void A_program_that_cannot_be_switched_is_never_doubled()
    {
        LoadedBpfObject running = Versions.Run("hand_over_sleepable_1.bpf.o");
        try
        {
            Assert.Equal(["on_sleepable"], running.Unswitched);
            using var calls = new RareCalls();
            for (int done = 0; done < 10; done++) running = Versions.Succeed(running, done % 2 == 0 ? "hand_over_sleepable_2.bpf.o" : "hand_over_sleepable_1.bpf.o");
            long before = calls.Stop(), counted = Versions.Calls(running.Map("calls"));
            Assert.InRange(counted, 1, before);
            TestContext.Current.TestOutputHelper?.WriteLine($"{before} events, 10 take-overs without a switch: {before - counted} lost");
            using var more = new RareCalls(1_000);
            while (!more.IsDone) Thread.Yield();
            Assert.Equal(counted + 1_000, Versions.Calls(running.Map("calls")));
        }
        finally
        {
            running.Dispose();
        }
    }
}
