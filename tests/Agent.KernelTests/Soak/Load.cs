using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>
/// Threads, each on a CPU of its own, that make marked system calls for several plugins, and know how many. A plugin's calls can be paused, and are then known exactly.
/// </summary>
/// <remarks>The threads work in bursts at full speed, so that many a change falls into the middle of one, and sleep between: the rest of the machine is to live on.</remarks>
internal sealed partial class Load : IDisposable
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(6);

    // Refused at once, before anything is looked at: no process has a negative number.
    private const long NoProcess = 0x8000_0000;

    private readonly Worker[] _workers;
    private readonly ulong _mark;
    private readonly bool[] _isPaused;
    private volatile bool _isStopped;

    /// <param name="mark">What the programs look for; its last byte is the plugin's.</param>
    /// <param name="plugins">How many plugins there are; all are paused.</param>
    public Load(ulong mark, int plugins)
    {
        _mark = mark;
        _isPaused = [.. Enumerable.Repeat(true, plugins)];
        _workers = [.. Enumerable.Range(0, Math.Min(2, PossibleCpus.Count)).Select(_ => new Worker(plugins))];
        for (int cpu = 0; cpu < _workers.Length; cpu++)
        {
            Worker worker = _workers[cpu];
            worker.Thread = LinuxThread.StartOn(cpu, () => Work(worker));
        }
    }

    /// <summary>A plugin's calls so far, by key: exact while it is paused.</summary>
    public long[] Made(int plugin)
    {
        long[] made = new long[Keys.Count];
        foreach (Worker worker in _workers)
        {
            for (int key = 0; key < Keys.Count; key++) made[key] += Volatile.Read(ref worker.Made[plugin * Keys.Count + key]);
        }

        return made;
    }

    /// <summary>Ends a plugin's calls; when it returns, the last one has returned.</summary>
    public void Pause(int plugin)
    {
        Volatile.Write(ref _isPaused[plugin], true);
        // The round that is under way, and one that was begun afterwards.
        long[] rounds = [.. _workers.Select(static worker => Volatile.Read(ref worker.Rounds))];
        for (int i = 0; i < _workers.Length; i++)
        {
            while (Volatile.Read(ref _workers[i].Rounds) < rounds[i] + 2 && _workers[i].Thread!.IsAlive) Thread.Sleep(1);
        }
    }

    public void Resume(int plugin) => Volatile.Write(ref _isPaused[plugin], false);

    public bool IsPaused(int plugin) => Volatile.Read(ref _isPaused[plugin]);

    public void Dispose()
    {
        _isStopped = true;
        foreach (Worker worker in _workers) worker.Thread!.Join();
    }

    private void Work(Worker worker)
    {
        while (!_isStopped)
        {
            long started = TimeProvider.System.GetTimestamp();
            while (!_isStopped && TimeProvider.System.GetElapsedTime(started) < Burst) MakeRound(worker);
            Thread.Sleep(Rest);
        }
    }

    private void MakeRound(Worker worker)
    {
        for (int plugin = 0; plugin < _isPaused.Length; plugin++)
        {
            if (!Volatile.Read(ref _isPaused[plugin])) Call(worker, plugin);
        }

        Volatile.Write(ref worker.Rounds, worker.Rounds + 1);
    }

    private void Call(Worker worker, int plugin)
    {
        for (int key = 0; key < Keys.Count; key++)
        {
            // Another number for each key, so that none can be taken for another.
            if (worker.Rounds % (key + 1) != 0) continue;
            SystemCall(LinuxThread.RoundRobinIntervalNumber, (nint)(NoProcess | (uint)key), (nuint)(_mark | (uint)plugin));
            ref long made = ref worker.Made[plugin * Keys.Count + key];
            Volatile.Write(ref made, made + 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint process, nuint mark);

    private sealed class Worker(int plugins)
    {
        public Thread? Thread { get; set; }

        public long[] Made { get; } = new long[plugins * Keys.Count];

        public long Rounds;
    }
}
