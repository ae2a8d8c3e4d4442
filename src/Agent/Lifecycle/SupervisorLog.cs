namespace EbpfAgent.Lifecycle;

/// <summary>A line for each change of a plugin's state, and none for a poll.</summary>
internal sealed partial class SupervisorLog(string plugin, ILogger logger)
{
    public void Runs(string path, RunningPlugin running, bool isReload)
    {
        string metrics = string.Join(", ", running.Families.Select(static family => family.Description.Name));
        if (isReload) LogReloaded(logger, plugin, path, running.Object.Programs.Count, metrics);
        else LogRunning(logger, plugin, path, running.Object.Programs.Count, metrics);
    }

    public void Failed(PluginStatus status, TimeSpan? retryIn)
    {
        string next = retryIn is { } delay ? $"; it is tried again in {Math.Ceiling(delay.TotalSeconds)} s" : "";
        switch (status.State)
        {
            case PluginState.Outdated:
                LogOutdated(logger, plugin, status.Error, status.Message + next);
                break;
            case PluginState.Unsupported:
                LogUnsupported(logger, plugin, status.Message);
                break;
            case PluginState.Quarantined:
                LogQuarantined(logger, plugin, status.Message);
                break;
            default:
                LogFailed(logger, plugin, status.Error, status.Message + next);
                break;
        }
    }

    public void Removed(string path, bool ran)
    {
        if (ran) LogRemoved(logger, plugin, path);
    }

    public void PollFailed(string reason) => LogPollFailed(logger, plugin, reason);

    public void LetGoFailed(string reason) => LogLetGoFailed(logger, plugin, reason);

    public void PolledAgain() => LogRecovered(logger, plugin);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is running: {Path}, {Programs} programs attached, {Metrics}")]
    private static partial void LogRunning(ILogger logger, string plugin, string path, int programs, string metrics);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is reloaded: {Path}, {Programs} programs attached, {Metrics}")]
    private static partial void LogReloaded(ILogger logger, string plugin, string path, int programs, string metrics);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} failed ({Error}): {Reason}")]
    private static partial void LogFailed(ILogger logger, string plugin, PluginError? error, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} could not be reloaded ({Error}), the version before it goes on: {Reason}")]
    private static partial void LogOutdated(ILogger logger, string plugin, PluginError? error, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin} is unsupported here: {Reason}")]
    private static partial void LogUnsupported(ILogger logger, string plugin, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} is quarantined: {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string plugin, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is unloaded: {Path} is gone")]
    private static partial void LogRemoved(ILogger logger, string plugin, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} could not be polled, its series stay as they were: {Reason}")]
    private static partial void LogPollFailed(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin}: something of a version that was unloaded may still be there: {Reason}")]
    private static partial void LogLetGoFailed(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is polled again")]
    private static partial void LogRecovered(ILogger logger, string plugin);
}
