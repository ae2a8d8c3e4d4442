using System.Text;
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
        textWriter.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {level}: {Harmless(logEntry.Formatter(logEntry.State, null))}{exception}");
    }

    // Names of files and what scripts say are in messages: they must not pass for further lines, nor command the operator's terminal.
    private static string Harmless(string message)
    {
        if (!message.Any(char.IsControl)) return message;
        var text = new StringBuilder(message.Length + 16);
        foreach ((int at, char c) in message.Index())
        {
            if (c == '\n') text.Append(at + 1 < message.Length && message[at + 1] == ' ' ? "\n" : "\n    ");
            else if (char.IsControl(c) && c != '\t') text.Append($"\\u{(int)c:x4}");
            else text.Append(c);
        }

        return text.ToString();
    }
}
