using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Other threads look after an object's places and run its iterators while versions come and go.</summary>
public sealed class MaintenanceTests : KernelTest
{
    [Theory]
    [InlineData("programs_perf_event.bpf.o")]
    [InlineData("programs_iterator.bpf.o")]
    public void Looking_after_an_object_harms_no_take_over_and_no_end(string fixture)
    {
        ObjectOptions options = fixture.Contains("perf", StringComparison.Ordinal)
            ? Objects.At(("on_event", new PerfEventAttachment { Type = 1, Config = 0, Frequency = 10 }))
            : ObjectOptions.None.With(("process", Environment.ProcessId));
        LoadedBpfObject running = Objects.Run(fixture, options);
        var known = new List<LoadedBpfObject> { running };
        bool isDone = false;
        long looks = 0;
        Exception? failure = null;
        var looking = new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref isDone))
                {
                    // Those that have ended, too: who looks may come late.
                    LoadedBpfObject[] all;
                    lock (known) all = [.. known];
                    foreach (LoadedBpfObject one in all)
                    {
                        one.Maintain();
                        one.RunIterators();
                        Assert.Empty(one.Pending);
                    }

                    Interlocked.Increment(ref looks);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        looking.Start();
        for (int i = 0; i < 10; i++)
        {
            running = Objects.Succeed(running, fixture, options);
            lock (known) known.Add(running);
            long before = Interlocked.Read(ref looks);
            Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref looks) > before || failure is not null, TimeSpan.FromSeconds(10)));
        }

        running.Dispose();
        Volatile.Write(ref isDone, true);
        looking.Join();
        Assert.Null(failure);
        Assert.InRange(looks, 10, long.MaxValue);
    }
}
