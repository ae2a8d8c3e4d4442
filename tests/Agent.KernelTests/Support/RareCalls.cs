using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Support;

/// <summary>Threads, each on a CPU of its own, that make a system call which hardly anybody makes, and count how often.</summary>
internal sealed class RareCalls : IDisposable
{
    private readonly Thread[] _threads;
    private readonly long[] _made;
    private long _wanted;
    private volatile bool _isStopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="wanted">How many calls they make together at most.</param>
    public RareCalls(long wanted = long.MaxValue)
    {
        _wanted = wanted;
        int[] cpus = [.. Enumerable.Range(0, Math.Min(2, PossibleCpus.Count))];
        _made = new long[cpus.Length * Spread];
        _threads = [.. cpus.Select((cpu, index) => LinuxThread.StartOn(cpu, () => Work(index * Spread)))];
    }

    // A cache line for each thread's count.
    private const int Spread = 8;
    private const int Batch = 100;

    /// <summary>The calls so far.</summary>
    public long Made
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _made.Length; i += Spread) sum += Volatile.Read(ref _made[i]);
            return sum;
        }
    }

    public bool IsDone => _threads.All(static thread => !thread.IsAlive);

    /// <summary>Ends the threads after the call that they are in; returns how many they made.</summary>
    public long Stop()
    {
        _isStopped = true;
        foreach (Thread thread in _threads) thread.Join();
        return Made;
    }

    public void Dispose() => Stop();

    private void Work(int slot)
    {
        while (!_isStopped && Interlocked.Add(ref _wanted, -Batch) >= 0)
        {
            for (int i = 0; i < Batch; i++) LinuxThread.RoundRobinInterval();
            Volatile.Write(ref _made[slot], _made[slot] + Batch);
        }
    }
}
