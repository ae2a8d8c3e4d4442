using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>Runs of programs that have begun.</summary>
internal static class RunningPrograms
{
    // Far more than any run takes, where the kernel can't be asked.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until all that had begun on any CPU have ended; those that may sleep excepted. Tens of milliseconds.</summary>
    public static void Wait()
    {
        if (LibC.WaitForRunningPrograms()) return;
        using var never = new ManualResetEventSlim();
        never.Wait(Patience);
    }
}
