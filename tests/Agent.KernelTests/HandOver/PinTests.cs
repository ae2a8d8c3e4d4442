using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>What is pinned counts on while nobody holds it, and is taken over by who comes next.</summary>
public sealed class PinTests : KernelTest, IDisposable
{
    private readonly string _folder = Path.Combine(BpfFileSystem.Require(), $"ebpf_agent_tests_{Environment.ProcessId}");

    public void Dispose() => PinnedObject.Remove(_folder);

    [Fact]
    public void A_pinned_object_counts_on_without_an_agent_and_is_taken_over_by_the_next()
    {
        using (LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o"))
        {
            first.Pin(_folder);
            Call(3);
        }

        // Nobody has it.
        Assert.DoesNotContain(KernelIds.OwnedBy(Environment.ProcessId), static one => one.Kind is "link");
        Call(4);
        using var calls = new RareCalls(50_000);
        using (PinnedObject found = PinnedObject.Open(_folder)!)
        {
            Assert.Equal("hand_over_1.bpf.o", found.Name);
            Assert.Equal([("tp_btf/sys_enter", "on_enter"), ("tp_btf/sys_exit", "on_exit")], found.Programs);
            Assert.InRange(Versions.Calls(found.FindMap("calls")!), 7, long.MaxValue);
            using LoadedBpfObject second = Versions.Succeed(found, "hand_over_2.bpf.o");
            Assert.Empty(second.FreshMaps);
            Assert.All(found.Maps, map => Assert.Contains(second.Maps, one => one.Id == map.Id));
            second.Pin(_folder);
            while (!calls.IsDone) Thread.Yield();
            Assert.Equal(7 + 50_000, Versions.Calls(second.Map("calls")));
            Call(1);
        }

        Call(1);
        using PinnedObject again = PinnedObject.Open(_folder)!;
        Dictionary<uint, long> counted = Versions.Counts(again.FindMap("calls")!);
        Assert.Equal(7 + 50_000 + 2, counted.Values.Sum());
        Assert.Equal(2, counted.Count);
        Assert.Equal("hand_over_2.bpf.o", again.Name);
    }

    /// <summary>Whatever attaches it: the kernel's word for each kind is another, and libbpf disables an event whose link it destroys.</summary>
    [Fact]
    public void All_kinds_of_programs_outlive_what_attached_them()
    {
        using (LoadedBpfObject first = Versions.Run("hand_over_kinds_1.bpf.o")) first.Pin(_folder);
        Call(5);
        using PinnedObject found = PinnedObject.Open(_folder)!;
        Assert.All([1u, 2u, 3u], kind => Assert.Equal(5, Versions.Counts(found.FindMap("by_kind")!)[kind]));
        using LoadedBpfObject second = Versions.Succeed(found, "hand_over_kinds_2.bpf.o");
        PinnedObject.Remove(_folder);
        Call(5);
        Assert.All([1u, 2u, 3u], kind => Assert.Equal([5ul, 5ul], Versions.Histogram(second.Map("by_kind"))[kind][..2]));
    }

    [Fact]
    public void What_is_removed_ends()
    {
        IReadOnlyList<(string, uint)> before = KernelIds.OwnedBy(Environment.ProcessId);
        IReadOnlyList<(string, uint)> held;
        using (LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o"))
        {
            first.Pin(_folder);
            first.Pin(_folder);
            held = [.. KernelIds.OwnedBy(Environment.ProcessId).Except(before)];
        }

        Assert.Equal([_folder], Directory.GetDirectories(Path.GetDirectoryName(_folder)!, Path.GetFileName(_folder) + "*"));
        Assert.Contains(held, static one => one.Item1 == "link" && KernelIds.Exists(one));
        PinnedObject.Remove(_folder);
        Assert.True(SpinWait.SpinUntil(() => !held.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)));
        Assert.Null(PinnedObject.Open(_folder));
    }

    [Fact]
    public void Pins_that_are_not_whole_are_refused()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        first.Pin(_folder);
        File.Delete(Path.Combine(_folder, "manifest"));
        var e = Assert.Throws<BpfException>(() => PinnedObject.Open(_folder));
        Assert.Equal($"the pins in {_folder} can't be used: manifest can't be opened: no such entry (ENOENT); remove them (rm -r {_folder}), and what they keep ends", e.Message);
        Call(1);
        Assert.Equal(1, Versions.Calls(first.Map("calls")));
    }

    /// <summary>A map that somebody has put there under the name of ours.</summary>
    [Fact]
    public void A_foreign_pin_is_refused()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        using LoadedBpfObject foreign = Versions.Load("hand_over_1.bpf.o");
        first.Pin(_folder);
        string file = Path.Combine(_folder, "map_0");
        File.Delete(file);
        Assert.Equal(0, LibBpf.Pin(foreign.Maps[0].Handle.Number, file));
        int before = KernelIds.Descriptors();
        var e = Assert.Throws<BpfException>(() => PinnedObject.Open(_folder));
        Assert.Contains($"map_0 has id {foreign.Maps[0].Id}, and the list says {first.Maps[0].Id}", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, KernelIds.Descriptors());
    }

    /// <summary>An agent that was killed between a take-over and its pins: what runs does not count into what is pinned.</summary>
    [Fact]
    public void Pins_of_a_version_that_runs_no_more_are_refused()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        first.Pin(_folder);
        using LoadedBpfObject second = Versions.Succeed((IPredecessor)first, "hand_over_2.bpf.o");
        var e = Assert.Throws<BpfException>(() => PinnedObject.Open(_folder));
        Assert.Contains("the program behind slots_0 has id ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_cannot_be_switched_cannot_outlive_the_agent()
    {
        using LoadedBpfObject running = Versions.Run("hand_over_sleepable_1.bpf.o");
        var e = Assert.Throws<BpfException>(() => running.Pin(_folder));
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        Assert.StartsWith("hand_over_sleepable_1.bpf.o: program 'on_sleepable' (uprobe.s/libc.so.6:sched_rr_get_interval) can't outlive the agent: ", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder));
    }

    /// <summary>What an agent leaves that is killed while it pins: a folder beside the one that counts.</summary>
    [Fact]
    public void What_was_left_half_made_is_cleared_away()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        string unfinished = _folder + "-new";
        first.Pin(unfinished);
        File.Delete(Path.Combine(unfinished, "manifest"));
        first.Pin(_folder);
        Assert.False(Directory.Exists(unfinished));
        PinnedObject.Open(_folder)!.Dispose();
        first.Pin(unfinished);
        PinnedObject.Remove(_folder);
        Assert.False(Directory.Exists(_folder) || Directory.Exists(unfinished));
    }

    /// <summary>Pins of another layout: nothing is shared, and the attach points are taken over all the same.</summary>
    [Fact]
    public void A_version_of_another_layout_takes_over_from_pins()
    {
        using (LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o")) first.Pin(_folder);
        using PinnedObject found = PinnedObject.Open(_folder)!;
        using LoadedBpfObject other = Versions.Succeed(found, "hand_over_other.bpf.o");
        Assert.Contains(("calls", "has another key: 'release' where 'version' was"), other.FreshMaps);
        Assert.Contains(("watched", "has max_entries 2, and had 1"), other.FreshMaps);
        long before = Versions.Calls(found.FindMap("calls")!);
        Call(3);
        Assert.Equal(before, Versions.Calls(found.FindMap("calls")!));
    }

    private static void Call(int times)
    {
        for (int i = 0; i < times; i++) LinuxThread.RoundRobinInterval();
    }
}
