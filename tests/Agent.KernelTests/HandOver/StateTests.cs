using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>What programs keep in their maps goes on where it means the same, and only there.</summary>
public sealed class StateTests : KernelTest
{
    // hand_over.h: SECONDS(-10, 5); 2^-2 s is the greatest bound below 300 ms.
    private const int SlotOfQuarterSecond = 8;

    [Fact]
    public void What_is_under_way_at_the_take_over_is_measured_whole_and_once()
    {
        LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        using var asleep = new ManualResetEventSlim();
        uint thread = 0;
        var sleeper = new Thread(() =>
        {
            thread = LinuxThread.Id();
            Versions.Write(first.Map("watched"), 0, thread);
            asleep.Set();
            LinuxThread.Sleep(TimeSpan.FromMilliseconds(300));
        });
        sleeper.Start();
        asleep.Wait(Cancellation);
        SpinWait.SpinUntil(() => LinuxThread.IsAsleep(thread), TimeSpan.FromSeconds(5));
        using LoadedBpfObject second = Versions.Succeed(first, "hand_over_2.bpf.o");
        Assert.True(sleeper.IsAlive);
        sleeper.Join();
        // The second saw the end, the first the begin.
        (uint version, ulong[] slots) = Assert.Single(Versions.Histogram(second.Map("sleeps")));
        Assert.Equal(2u, version);
        Assert.Equal(1ul, slots.Aggregate(static (sum, slot) => sum + slot));
        Assert.All(slots[..(SlotOfQuarterSecond + 1)], static slot => Assert.Equal(0ul, slot));
    }

    [Fact]
    public void Maps_of_the_same_layout_are_the_same_maps()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        using LoadedBpfObject second = Versions.Load("hand_over_2.bpf.o", first);
        Assert.Empty(second.FreshMaps);
        foreach (BpfMap map in second.Maps)
        {
            bool isConstant = map.Definition.Section?.StartsWith(".rodata", StringComparison.Ordinal) == true;
            BpfMap before = first.Maps.Single(one => MapSharing.IsSameMap(one.Definition, map.Definition));
            Assert.Equal((map.Definition.Name, !isConstant), (map.Definition.Name, second.IsShared(map.Definition.Name)));
            Assert.Equal((map.Definition.Name, !isConstant), (map.Definition.Name, before.Id == map.Id));
        }

        Assert.Contains(second.Maps, static map => map.Definition.Section == ".data.histograms");
    }

    /// <summary>libbpf writes a section's first values into it when it makes the map, and must not when it takes one that is there.</summary>
    [Fact]
    public void A_section_that_is_handed_over_keeps_its_values()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        for (int i = 0; i < 5; i++) LinuxThread.RoundRobinInterval();
        BpfMap dropped = first.Map(".data.histograms");
        Versions.WriteWords(dropped, 0, [7, 9]);
        using LoadedBpfObject second = Versions.Succeed((IPredecessor)first, "hand_over_2.bpf.o");
        Assert.Equal([7ul, 9ul], Versions.Read(second.Map(".data.histograms"), 0)!);
        LinuxThread.RoundRobinInterval();
        Assert.Equal(6ul, Versions.Read(second.Maps.Single(static map => map.Definition.Section == ".bss"), 0)![0]);
    }

    [Fact]
    public void Maps_of_another_layout_are_not_shared_and_the_reason_is_told()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        using LoadedBpfObject other = Versions.Succeed((IPredecessor)first, "hand_over_other.bpf.o");
        Assert.Equal(
            [
                (".data.histograms", null),
                ("calls", "has another key: 'release' where 'version' was"),
                ("hand_ove.bss", "has 2 variables, and had 1"),
                ("sleeps", "has another key: 'release' where 'version' was"),
                ("starts", "is BPF_MAP_TYPE_HASH, and was BPF_MAP_TYPE_TASK_STORAGE"),
                ("watched", "has max_entries 2, and had 1"),
            ],
            other.Maps.Where(static map => !MapSharing.IsConstant(map.Definition)).Select(static map => map.Definition.Name).Order(StringComparer.Ordinal)
                .Select(name => (name, other.FreshMaps.Where(fresh => fresh.Map == name).Select(static fresh => fresh.Reason).SingleOrDefault())));
        Assert.All(other.FreshMaps, fresh => Assert.False(other.IsShared(fresh.Map)));
    }
}
