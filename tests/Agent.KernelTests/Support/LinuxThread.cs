using System.Runtime.InteropServices;

namespace EbpfAgent.Tests.Support;

/// <summary>Calls of libc for what .NET keeps from a thread: its CPU, its rights, its system calls.</summary>
internal static unsafe partial class LinuxThread
{
    /// <summary>Runs work on a new thread that stays on one CPU.</summary>
    public static Thread StartOn(int cpu, Action work)
    {
        var thread = new Thread(() =>
        {
            ulong mask = 1UL << cpu;
            Assert.Equal(0, SetAffinity(0, sizeof(ulong), &mask));
            work();
        });
        thread.Start();
        return thread;
    }

    /// <summary>A system call that hardly anybody makes, and that does nothing.</summary>
    public static void RoundRobinInterval()
    {
        long* time = stackalloc long[2];
        Assert.Equal(0, GetRoundRobinInterval(0, time));
    }

    public static int Open(int pid) => (int)SystemCall(OpenProcess, pid, 0);

    /// <summary>The kernel's number for this thread.</summary>
    public static uint Id() => (uint)GetThreadId();

    /// <summary>nanosleep, by its number: the library's own takes clock_nanosleep.</summary>
    public static void Sleep(TimeSpan time)
    {
        long* request = stackalloc long[] { (long)time.TotalSeconds, time.Nanoseconds + (1000L * time.Microseconds) + (1_000_000L * time.Milliseconds) };
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 101 : 35, (long)request, 0);
    }

    /// <summary>Whether a thread of ours waits in the kernel.</summary>
    public static bool IsAsleep(uint thread) => File.ReadAllText($"/proc/self/task/{thread}/stat").Split(") ")[1][0] == 'S';

    /// <summary>The number of <see cref="RoundRobinInterval"/>.</summary>
    public static int RoundRobinIntervalNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 127 : 148;

    private const int OpenProcess = 434; // pidfd_open

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Signal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int pid, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_rr_get_interval")]
    private static partial int GetRoundRobinInterval(int pid, long* time);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, long first, long second);
}
