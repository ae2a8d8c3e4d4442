using EbpfAgent.Configuration;
using EbpfAgent.Discovery;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Looks for changes of the plugins and of the configuration, and applies them, for as long as the agent runs. An operator can ask it to look at once.
/// </summary>
/// <param name="plugins">What changes.</param>
/// <param name="watch">Knows what has changed in the plugin folders.</param>
/// <param name="file">Knows whether the configuration has.</param>
/// <param name="settings">Reads it, and applies what is not about plugins.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what was found wrong.</param>
internal sealed partial class ReloadLoop(PluginSet plugins, PluginWatch watch, FileWatch file, IReloadedSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    // What is being copied while the agent starts is waited for, but not for ever.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);

    // Why the configuration that lies there is not the one in force; it is looked at only when it changes.
    private string? _refused;

    public void Dispose() => _one.Dispose();

    /// <summary>Loads what is there. Ends when each plugin runs or has failed once, or when it is cancelled.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        await ScanAsync();
        while (watch.IsWaiting && time.GetElapsedTime(started) < StartPatience && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(watch.NextDelay, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ScanAsync();
        }

        foreach (string problem in plugins.UnknownSections()) LogProblem(logger, problem);
        plugins.IsStarted = true;
    }

    /// <summary>Looks again and again, until it is cancelled. Never throws.</summary>
    /// <param name="looked">Called after each look.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Action looked, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(watch.NextDelay, time, cancellation);
                await ScanAsync();
                looked();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    /// <summary>Looks at once, takes everything as it lies there, and tries again what has failed.</summary>
    /// <returns>What is wrong now, a sentence each; none if all is well.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync(string askedBy)
    {
        LogAsked(logger, askedBy);
        await _one.WaitAsync();
        try
        {
            file.Rescan();
            watch.Rescan();
            List<string> wrong = [.. await LookAsync()];
            await plugins.RetryAsync();
            wrong.AddRange(plugins.Supervisors.Where(static one => one.Status.State is PluginState.Failed or PluginState.Outdated or PluginState.Quarantined or PluginState.Loading)
                .Select(static one => $"{one.Name}: {one.Status.State.ToString().ToLowerInvariant()}: {one.Status.Message ?? "still loading"}"));
            return wrong;
        }
        catch (Exception e)
        {
            // Nobody waits for the answer to a signal.
            LogLookFailed(logger, e);
            return [$"could not look for changes: {e.Message}"];
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ScanAsync()
    {
        await _one.WaitAsync();
        try
        {
            await LookAsync();
            await plugins.TidyAsync();
        }
        catch (Exception e)
        {
            // The next look may succeed; without one, no change would ever be seen again.
            LogLookFailed(logger, e);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<IReadOnlyList<string>> LookAsync()
    {
        if (file.Scan() is { } change) _refused = change.Content is { } text ? await ConfigureAsync(text) : null;
        foreach (string problem in file.Problems) LogProblem(logger, problem);
        IReadOnlyList<PluginChange> changes = watch.Scan();
        foreach (string problem in watch.Problems) LogProblem(logger, problem);
        if (changes.Count > 0) await plugins.ApplyAsync(changes);
        return _refused is null ? [] : [_refused];
    }

    private async Task<string?> ConfigureAsync(byte[] text)
    {
        try
        {
            AgentConfiguration next = settings.Apply(text);
            watch.SetFolders(next.PluginFolders);
            await plugins.ConfigureAsync(next);
            foreach (string problem in plugins.UnknownSections()) LogProblem(logger, problem);
            return null;
        }
        catch (ConfigurationException e)
        {
            LogRefused(logger, e.Message);
            return e.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "reload asked for by {Who}")]
    private static partial void LogAsked(ILogger logger, string who);

    [LoggerMessage(Level = LogLevel.Error, Message = "the configuration is not applied, the one before it goes on: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "could not look for changes")]
    private static partial void LogLookFailed(ILogger logger, Exception failure);
}

/// <summary>The configuration as it is read while the agent runs.</summary>
internal interface IReloadedSettings
{
    /// <summary>Reads it, and applies what is not about plugins.</summary>
    /// <exception cref="ConfigurationException">It is wrong; nothing has changed.</exception>
    AgentConfiguration Apply(byte[] text);
}
