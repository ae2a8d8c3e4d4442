using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bundled;

/// <summary>Waits for a CPU, which everybody on the machine has: hence bounds instead of equalities, each with its reason.</summary>
public sealed class RunQueueLatencyTests : KernelTest
{
    private const string Family = "run_queue_latency_seconds";
    private const int Rounds = 5000;

    [Fact]
    public void Two_threads_that_wake_each_other_are_counted()
    {
        using PolledPlugin plugin = BundledPlugin.Load("RunQueueLatency");
        ulong switchesBefore = ContextSwitches();
        (ulong Wakeups, ulong Preempted) before = Counts(plugin);
        PlayPingPong();
        (ulong Wakeups, ulong Preempted) after = Counts(plugin);
        ulong switches = ContextSwitches() - switchesBefore;
        // A message finds its reader blocked, or on the queue because the writer took its place; a writer that did so blocks in its own read next.
        // So of two messages in a row one wakes somebody: at least one wakeup a round.
        Assert.True(after.Wakeups - before.Wakeups >= Rounds, $"{after.Wakeups - before.Wakeups} wakeups in {Rounds} rounds");
        // A wait ends when its task gets the CPU, which is a context switch; the kernel counts those too, for the whole machine.
        ulong waits = after.Wakeups + after.Preempted - before.Wakeups - before.Preempted;
        Assert.True(waits <= switches, $"{waits} waits ended, in {switches} context switches");
    }

    [Fact]
    public void Two_busy_threads_on_one_CPU_preempt_each_other()
    {
        using PolledPlugin plugin = BundledPlugin.Load("RunQueueLatency");
        ulong before = Counts(plugin).Preempted;
        long end = TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency / 2;
        Thread[] busy = [.. Enumerable.Range(0, 2).Select(_ => LinuxThread.StartOn(0, () =>
        {
            while (TimeProvider.System.GetTimestamp() < end) Thread.SpinWait(100);
        }))];
        foreach (Thread thread in busy) thread.Join();
        // Half a second in turns of a few milliseconds (100 ms at the very most): at least five times somebody had to make room.
        Assert.True(Counts(plugin).Preempted - before >= 5);
    }

    [Fact]
    public void Programs_that_are_not_attached_count_nothing()
    {
        using PolledPlugin plugin = BundledPlugin.Load("RunQueueLatency");
        plugin.Running.Object.Detach();
        (ulong, ulong) before = Counts(plugin);
        PlayPingPong();
        Assert.Equal(before, Counts(plugin));
    }

    /// <summary>
    /// The start of a wait lies in the storage of its task. User space can look it up through a descriptor of the process and cannot list it, so this looks at
    /// one: it is there while the process lives, and out of reach once it is dead, though the descriptor still names the same process.
    /// A table by pid would hold on to it. 500 more dead processes leave the histogram with its two causes and nothing dropped.
    /// </summary>
    [Fact]
    public void Dead_tasks_leave_nothing()
    {
        using PolledPlugin plugin = BundledPlugin.Load("RunQueueLatency");
        BpfMap waits = plugin.Running.Object.Map("waits");
        using Process sleeper = Process.Start("sleep", "60");
        using var descriptor = new Microsoft.Win32.SafeHandles.SafeFileHandle(LinuxThread.Open(sleeper.Id), ownsHandle: true);
        Assert.Equal(0, LookUp(waits, descriptor));
        sleeper.Kill();
        sleeper.WaitForExit();
        Assert.True(SpinWait.SpinUntil(() => LookUp(waits, descriptor) != 0, TimeSpan.FromSeconds(5)), "a dead task's wait is still there");
        Shell.Run("sh", "-c", "i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done");
        plugin.Poll();
        Assert.InRange(plugin["run_queue_latency"].Entries, 1, 2);
        Assert.Equal(0UL, plugin["run_queue_latency"].FailedInserts);
    }

    private static int LookUp(BpfMap map, Microsoft.Win32.SafeHandles.SafeFileHandle process) =>
        new MapCalls().Lookup(map.Handle, BitConverter.GetBytes((int)process.DangerousGetHandle()), new byte[map.Definition.ValueSize]);

    private static (ulong Wakeups, ulong Preempted) Counts(PolledPlugin plugin)
    {
        Scrape scrape = plugin.Poll();
        return (scrape.Count(Family, ("cause", "wakeup")), scrape.Count(Family, ("cause", "preempted")));
    }

    // One byte to and fro; each read blocks until the other side has written.
    private static void PlayPingPong()
    {
        using var ping = new AnonymousPipeServerStream(PipeDirection.Out);
        using var pong = new AnonymousPipeServerStream(PipeDirection.Out);
        using var fromPing = new AnonymousPipeClientStream(PipeDirection.In, ping.ClientSafePipeHandle);
        using var fromPong = new AnonymousPipeClientStream(PipeDirection.In, pong.ClientSafePipeHandle);
        Thread other = LinuxThread.StartOn(0, () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                fromPing.ReadByte();
                pong.WriteByte(1);
            }
        });
        Thread one = LinuxThread.StartOn(0, () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ping.WriteByte(1);
                fromPong.ReadByte();
            }
        });
        one.Join();
        other.Join();
    }

    private static ulong ContextSwitches() =>
        ulong.Parse(File.ReadLines("/proc/stat").Single(static line => line.StartsWith("ctxt ", StringComparison.Ordinal)).AsSpan(5), CultureInfo.InvariantCulture);
}
