using EbpfAgent.Bpf;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Iterators run when the agent asks, once over everything.</summary>
public sealed class IteratorTests : KernelTest
{
    private const string Fixture = "programs_iterator.bpf.o";

    [Fact]
    public void Each_walk_sees_all_threads_of_a_process_once()
    {
        using var process = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run(Fixture, Of(process.Id));
        Assert.Equal(0, loaded.Count(1));
        for (int walks = 1; walks <= 3; walks++)
        {
            loaded.RunIterators();
            Assert.Equal((1ul, walks), (loaded.Section(".bss")[0], loaded.Count(1)));
        }

        Assert.Empty(loaded.Unswitched);
        loaded.Detach();
        loaded.RunIterators();
        Assert.Equal(3, loaded.Count(1));
    }

    [Fact]
    public void A_process_with_several_threads_has_several_tasks()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, Of(Environment.ProcessId));
        using var end = new ManualResetEventSlim();
        Thread[] threads = [.. Enumerable.Range(0, 20).Select(_ => new Thread(end.Wait))];
        foreach (Thread thread in threads) thread.Start();
        loaded.RunIterators();
        end.Set();
        foreach (Thread thread in threads) thread.Join();
        Assert.InRange(loaded.Section(".bss")[0], 21ul, 200ul);
    }

    [Fact]
    public void A_later_version_walks_in_the_place_of_the_one_before()
    {
        using var process = new TargetProcess();
        LoadedBpfObject running = Objects.Run(Fixture, Of(process.Id));
        try
        {
            running.RunIterators();
            running = Objects.Succeed(running, Fixture, Of(process.Id));
            running.RunIterators();
            Assert.Equal((1ul, 2), (running.Section(".bss")[0], running.Count(1)));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void A_walk_over_one_map_is_unsupported()
    {
        const string Subject = "programs_map_iterator.bpf.o: program 'on_element' (iter/bpf_map_elem)";
        BpfException e = Objects.Refused("programs_map_iterator.bpf.o", ObjectOptions.None);
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        // Some kernels don't even load it.
        string[] known =
        [
            $"{Subject} walks over the elements of one map, which this agent doesn't choose for it; poll the map instead",
            $"{Subject}: kernel {Versions.Kernel.Release} refuses this iterator (EPERM), though the agent may load other programs: it is locked down",
        ];
        Assert.Contains(e.Message, known);
    }

    private static ObjectOptions Of(int process) => ObjectOptions.None.With(("process", process));
}
