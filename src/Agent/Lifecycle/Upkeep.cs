namespace EbpfAgent.Lifecycle;

/// <summary>
/// What a running plugin needs once a second: interfaces, CPUs and control groups come and go. Says what could not be done when it changes, and once for each version what of it doesn't run here.
/// </summary>
/// <remarks>Not for use by several threads.</remarks>
internal sealed partial class Upkeep(string plugin, ILogger logger)
{
    private RunningPlugin? _seen;
    private IReadOnlyList<string> _pending = [];
    private string? _failure;

    /// <summary>Never throws.</summary>
    public void Run(RunningPlugin running)
    {
        string? failure = null;
        try
        {
            running.Maintain();
        }
        catch (ObjectDisposedException)
        {
            // It is being unloaded.
            return;
        }
        catch (Exception e)
        {
            failure = e.Message;
        }

        if (failure is not null && failure != _failure) LogFailed(logger, plugin, failure);
        _failure = failure;
        Tell(running);
    }

    private void Tell(RunningPlugin running)
    {
        if (running != _seen)
        {
            foreach (string remark in running.Remarks) LogNote(logger, plugin, remark);
            foreach ((string program, string reason) in running.Object.Unsupported) LogUnsupported(logger, plugin, program, reason);
            foreach ((string program, string by, string reason) in running.Object.Outcome.Replaced) LogReplaced(logger, plugin, by, program, reason);
        }

        _seen = running;
        if (ReferenceEquals(_pending, running.Object.Pending)) return;
        foreach (string place in running.Object.Pending.Except(_pending)) LogNote(logger, plugin, place);
        _pending = running.Object.Pending;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin} runs without its optional program '{Program}', which is unsupported here: {Reason}")]
    private static partial void LogUnsupported(ILogger logger, string plugin, string program, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} runs '{By}' instead of '{Program}': {Reason}")]
    private static partial void LogReplaced(ILogger logger, string plugin, string by, string program, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin}: {Note}")]
    private static partial void LogNote(ILogger logger, string plugin, string note);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} can't follow what has come or gone: {Reason}")]
    private static partial void LogFailed(ILogger logger, string plugin, string reason);
}
