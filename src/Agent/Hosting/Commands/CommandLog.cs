namespace EbpfAgent.Hosting.Commands;

/// <summary>What a running agent would log, as lines of a command's output; none twice.</summary>
internal sealed class CommandLog(TextWriter output) : ILogger
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _said = [];

    /// <summary>How many warnings there were.</summary>
    public int Warnings { get; private set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Say(logLevel >= LogLevel.Warning ? "warning: " : "", formatter(state, exception));
    }

    /// <summary>Warns of something.</summary>
    public void Warn(string warning) => Say("warning: ", warning);

    private void Say(string kind, string text)
    {
        lock (_gate)
        {
            if (!_said.Add(text)) return;
            if (kind.Length > 0) Warnings++;
            output.WriteLine($"  {kind}{text.ReplaceLineEndings("\n  ")}");
        }
    }
}
