namespace EbpfAgent.Decoding.BuiltIn.Tables;

/// <summary>Signals, as <c>kill -l</c> names them; the C library keeps 32 and 33 to itself. The same on x86-64 and arm64. Source: <c>include/uapi/asm-generic/signal.h</c>.</summary>
internal static class Signals
{
    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    public static NumberNames Names { get; } = new(new()
    {
        [1] =
            """
            SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP
            SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS
            """,
        [FirstRealTime] = string.Join(' ', Enumerable.Range(FirstRealTime, LastRealTime - FirstRealTime + 1).Select(RealTime)),
    });

    private static string RealTime(int signal) => signal switch
    {
        FirstRealTime => "SIGRTMIN",
        LastRealTime => "SIGRTMAX",
        _ => $"SIGRTMIN+{signal - FirstRealTime}",
    };
}
