using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Two threads over a map of metrics_churn.bpf.c: one counts the keys that stay, the other deletes keys and makes them anew, both without a pause.</summary>
internal sealed class Churn : IDisposable
{
    public const int Stable = 512;
    public const int Churned = 512;
    private const int ChurnedAtOnce = 64;

    private readonly BpfMap _truth;
    private readonly Thread[] _threads;
    private volatile bool _isStopped;
    private long _begun;
    private long _done;
    private long _churned;

    public Churn(LoadedBpfObject loaded, string map)
    {
        _truth = loaded.Map("counted");
        BpfProgramHandle count = Program(loaded, "count_" + map), churn = Program(loaded, "churn_" + map);
        int other = Math.Min(1, PossibleCpus.Count - 1);
        // Not by the program: what is made on demand finds no memory there at times.
        for (uint id = 0; id < Stable; id++) loaded.Map(map).Put<uint, ulong>(id, [0]);
        _threads = [LinuxThread.StartOn(other, () => Repeat(() => Count(count, other))), LinuxThread.StartOn(0, () => Repeat(() => Replace(churn)))];
    }

    /// <summary>How often each key that stays has been counted at least.</summary>
    public long Least => Interlocked.Read(ref _done);

    /// <summary>And at most.</summary>
    public long Most => Interlocked.Read(ref _begun);

    /// <summary>How many keys have been deleted and made anew.</summary>
    public long Replaced => Interlocked.Read(ref _churned);

    /// <summary>What has been counted for a key that comes and goes, whatever has become of its entry.</summary>
    public ulong CountedFor(int index) => Versions.Read(_truth, (uint)index)![0];

    public void Stop()
    {
        _isStopped = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    public void Dispose() => Stop();

    private void Repeat(Action run)
    {
        while (!_isStopped) run();
    }

    private void Count(BpfProgramHandle program, int cpu)
    {
        Interlocked.Increment(ref _begun);
        ProgramRun.Observe(program, 0, 0, cpu: cpu);
        Interlocked.Increment(ref _done);
    }

    private void Replace(BpfProgramHandle program)
    {
        ProgramRun.Observe(program, (ulong)_churned, 0, cpu: 0);
        Interlocked.Add(ref _churned, ChurnedAtOnce);
    }

    private static BpfProgramHandle Program(LoadedBpfObject loaded, string name) => loaded.Programs.Single(one => one.Name == name).Handle;
}
