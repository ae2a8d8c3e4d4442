using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A program that is in the kernel. Owns its descriptor.</summary>
internal sealed class LoadedBpfProgram(BpfProgram program, BpfProgramHandle handle) : IDisposable
{
    // Replaced as a whole: a scrape reads while a hand-over writes.
    private volatile Account _account = new(null, default);

    public string Name { get; } = program.Name;

    public BpfProgramHandle Handle { get; } = handle;

    /// <summary>
    /// How often and how long it has run; zeros unless the kernel's run-time statistics are on (misses are always counted). With what the programs that it took over from had counted,
    /// so that it never goes down.
    /// </summary>
    /// <returns>Null once the program is unloaded.</returns>
    /// <remarks>Minimum kernel: 5.1 for run time, 5.12 for recursion misses.</remarks>
    public ProgramStatistics? ReadStatistics() => Read(_account, Handle);

    /// <summary>From now on it runs behind this switch, or directly.</summary>
    public void RunsBehind(Switch? @switch) => _account = _account with { Dispatcher = @switch?.Dispatcher };

    /// <summary>Counts on from where this one has ended. Call it after <see cref="RunsBehind"/>, while the other's descriptors are open.</summary>
    public void GoOnFrom(LoadedBpfProgram predecessor)
    {
        // A dispatcher that both have goes on counting by itself.
        Account ended = predecessor._account;
        bool isShared = ended.Dispatcher is not null && ReferenceEquals(ended.Dispatcher, _account.Dispatcher);
        if (Read(isShared ? ended with { Dispatcher = null } : ended, predecessor.Handle) is { } before) _account = _account with { Before = before };
    }

    /// <summary>Counts on from what programs of an earlier object had counted. Call it after <see cref="RunsBehind"/>.</summary>
    public void GoOnFrom(ProgramStatistics counted) => _account = _account with { Before = counted };

    /// <summary>It is about to be detached: what was counted at its switch is kept, and stays what it is.</summary>
    public void Ends()
    {
        Account running = _account;
        if (running.Dispatcher is { } dispatcher && Read(running with { Dispatcher = null }, dispatcher) is { } counted) _account = new Account(null, counted);
    }

    public void Dispose() => Handle.Dispose();

    private static ProgramStatistics? Read(Account account, BpfProgramHandle handle)
    {
        try
        {
            // Behind a switch the kernel counts for the dispatcher, and for the program what runs it by itself (BPF_PROG_TEST_RUN).
            ProgramStatistics own = account.Before + BpfInfo.Program(handle).Statistics;
            return account.Dispatcher is { } dispatcher ? own + BpfInfo.Program(dispatcher).Statistics : own;
        }
        catch (Exception e) when (e is ObjectDisposedException or BpfException)
        {
            // A scrape asks while the plugin is being unloaded.
            return null;
        }
    }

    private sealed record Account(BpfProgramHandle? Dispatcher, ProgramStatistics Before);
}

/// <summary>A program's own account, since it was loaded.</summary>
/// <param name="Runs">How often it ran.</param>
/// <param name="RunTime">How long, in all.</param>
/// <param name="RecursionMisses">How often it was not run because it was running already on that CPU: events that are missing.</param>
internal readonly record struct ProgramStatistics(ulong Runs, TimeSpan RunTime, ulong RecursionMisses)
{
    public static ProgramStatistics operator +(ProgramStatistics one, ProgramStatistics other) =>
        new(one.Runs + other.Runs, one.RunTime + other.RunTime, one.RecursionMisses + other.RecursionMisses);
}
