using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace EbpfAgent.Hosting;

/// <summary>The log as text: when, how bad, what. The console's own formatter adds a category and a number that mean nothing to an operator.</summary>
internal sealed class LineLog(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string level = logEntry.LogLevel switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error or LogLevel.Critical => "error",
            _ => "debug",
        };
        string exception = logEntry.Exception is null ? "" : $"\n{logEntry.Exception}";
        textWriter.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {level}: {logEntry.Formatter(logEntry.State, null)}{exception}");
    }
}
