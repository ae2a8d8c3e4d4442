using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>A version that can't take over leaves the one before as it was, and nothing of itself.</summary>
public sealed class FailureTests : KernelTest
{
    [Fact]
    public void A_version_that_this_kernel_lacks_an_attach_point_for_costs_no_event()
    {
        using LoadedBpfObject running = Versions.Run("hand_over_1.bpf.o");
        using var calls = new RareCalls(200_000);
        while (!calls.IsDone)
        {
            using LoadedBpfObject next = Versions.Load("hand_over_missing.bpf.o", running);
            var e = Assert.Throws<BpfException>(() => next.PrepareTakeOver(running, Versions.Kernel));
            Assert.Equal(BpfFailure.Unsupported, e.Failure);
            Assert.Contains("hand_over_missing.bpf.o: program 'on_nothing' (raw_tp/no_such_tracepoint) has nothing to attach to", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(200_000, calls.Stop());
        Assert.Equal([KeyValuePair.Create(1u, 200_000L)], Versions.Counts(running.Map("calls")));
    }

    [Fact]
    public void A_version_that_was_prepared_and_dropped_costs_no_event()
    {
        using LoadedBpfObject running = Versions.Run("hand_over_fewer.bpf.o");
        using var calls = new RareCalls(200_000);
        while (!calls.IsDone)
        {
            using LoadedBpfObject next = Versions.Load("hand_over_1.bpf.o", running);
            next.PrepareTakeOver(running, Versions.Kernel);
        }

        Assert.Equal([KeyValuePair.Create(4u, calls.Stop())], Versions.Counts(running.Map("calls")));
    }

    [Fact]
    public void A_take_over_that_fails_midway_is_undone()
    {
        using LoadedBpfObject running = Versions.Run("hand_over_1.bpf.o");
        using (LoadedBpfObject next = Versions.Load("hand_over_2.bpf.o", running))
        {
            next.PrepareTakeOver(running, Versions.Kernel);
            // The first of its programs is put into its place, and the second can't be.
            next.Programs[1].Dispose();
            Assert.Throws<ObjectDisposedException>(() => next.TakeOver(running));
            LinuxThread.RoundRobinInterval();
        }

        LinuxThread.RoundRobinInterval();
        Assert.Equal([KeyValuePair.Create(1u, 2L)], Versions.Counts(running.Map("calls")));
        // And it can still be succeeded.
        using LoadedBpfObject second = Versions.Succeed((IPredecessor)running, "hand_over_2.bpf.o");
        LinuxThread.RoundRobinInterval();
        Assert.Equal([(1u, 2L), (2u, 1L)], Versions.Counts(second.Map("calls")).Select(static one => (one.Key, one.Value)));
    }

    [Fact]
    public void Attach_points_come_and_go_with_versions()
    {
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        // Its one program has another name, and follows by its section.
        using LoadedBpfObject fewer = Versions.Succeed((IPredecessor)first, "hand_over_fewer.bpf.o");
        LinuxThread.RoundRobinInterval();
        Assert.Single(((IPredecessor)fewer).Attachments);
        Assert.Empty(((IPredecessor)first).Attachments);
        using LoadedBpfObject second = Versions.Succeed((IPredecessor)fewer, "hand_over_2.bpf.o");
        Versions.Write(second.Map("watched"), 0, LinuxThread.Id());
        LinuxThread.Sleep(TimeSpan.FromMilliseconds(1));
        Assert.Equal([(4u, 1L)], Versions.Counts(second.Map("calls")).Select(static one => (one.Key, one.Value)));
        Assert.Equal([(2u, 1L)], Versions.Counts(second.Map("sleeps")).Select(static one => (one.Key, one.Value)));
    }

    [Fact]
    public void Nothing_is_left_in_the_kernel_after_many_versions_and_failures()
    {
        IReadOnlyList<(string, uint)> before = KernelIds.OwnedBy(Environment.ProcessId);
        int descriptors = KernelIds.Descriptors();
        HashSet<(string, uint)> seen = [];
        LoadedBpfObject running = Versions.Run("hand_over_1.bpf.o");
        for (int i = 0; i < 50; i++)
        {
            using (LoadedBpfObject failing = Versions.Load("hand_over_missing.bpf.o", running)) Assert.Throws<BpfException>(() => failing.PrepareTakeOver(running, Versions.Kernel));
            running = Versions.Succeed(running, (i % 3) switch { 0 => "hand_over_2.bpf.o", 1 => "hand_over_fewer.bpf.o", _ => "hand_over_1.bpf.o" });
            seen.UnionWith(KernelIds.OwnedBy(Environment.ProcessId).Except(before));
        }

        running.Dispose();
        Assert.Equal(before, KernelIds.OwnedBy(Environment.ProcessId));
        Assert.Equal(descriptors, KernelIds.Descriptors());
        // The kernel frees what nobody holds a grace period later.
        Assert.True(SpinWait.SpinUntil(() => !seen.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)), string.Join(", ", seen.Where(KernelIds.Exists)));
        Assert.InRange(seen.Count, 100, int.MaxValue);
    }
}
