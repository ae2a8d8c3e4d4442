using EbpfAgent.Configuration;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Runs one plugin: loads it, polls it, and lets go of it. Whatever the plugin does, only this supervisor's own tasks see it.
/// </summary>
internal sealed partial class PluginSupervisor : IAsyncDisposable
{
    // A scrape takes what was polled less than this ago, however often it comes.
    private static readonly TimeSpan ScrapeFreshness = TimeSpan.FromSeconds(1);

    // A poll that takes longer hangs, in a plugin's decoder as a rule: nobody waits for it any more.
    private static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(2);

    // How long the end of the agent waits for a poll that is under way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly PluginConfiguration _settings;
    private readonly Func<RunningPlugin> _load;
    private readonly FamilyRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _polling = new(1, 1);
    private volatile PluginStatus _status;
    private readonly DropLog _drops;
    private volatile bool _pollsFail;
    private Task _starting = Task.CompletedTask;
    private long _pollStarted;

    public PluginSupervisor(PluginConfiguration settings, string path, Func<RunningPlugin> load, FamilyRegistry registry, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _load = load;
        _registry = registry;
        _time = time;
        _logger = logger;
        Path = path;
        Polls = new PollRecord(time);
        _drops = new DropLog(settings.Name, time, logger);
        _status = new PluginStatus(settings.Enabled ? PluginState.Pending : PluginState.Disabled);
    }

    public string Name => _settings.Name;

    /// <summary>The folder or DLL.</summary>
    public string Path { get; }

    public PluginStatus Status => _status;

    public PollRecord Polls { get; }

    /// <summary>Whether the last poll was thrown away, or does not come to an end.</summary>
    public bool PollsFail => _pollsFail || PollHangs;

    /// <summary>True when nothing more is to come before the first answer: polled, loaded to be polled at scrapes, failed, unsupported or disabled.</summary>
    public bool IsSettled => _status.State switch
    {
        PluginState.Running => _settings.Interval.IsOnScrape || Polls.Read().Polls > 0 || PollHangs,
        PluginState.Pending or PluginState.Loading => false,
        _ => true,
    };

    /// <summary>Loads the plugin on a thread of its own and starts to poll it. Never throws; ends when it runs or has failed, or when its load has taken too long.</summary>
    public Task StartAsync() => _starting = LoadAsync();

    private async Task LoadAsync()
    {
        if (_status.State != PluginState.Pending) return;
        _status = new PluginStatus(PluginState.Loading);
        // Plugin code runs in there and may never come back: neither a pool thread nor the other plugins wait for it.
        Task<RunningPlugin> loading = Task.Factory.StartNew(_load, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Run(await loading.WaitAsync(_settings.Limits.LoadTimeout, _time, _stopping.Token));
        }
        // A time-out of the plugin's own faults the load. A load that completes just now is too late, and is let go of as well.
        catch (TimeoutException) when (!loading.IsFaulted)
        {
            Abandon(loading);
            Fail(new PluginException(PluginError.Timeout, $"{Path} has not loaded within {_settings.Limits.LoadTimeout.TotalSeconds:0.###} s (limits.loadTimeout); its constructor or its properties don't return"));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Abandon(loading);
        }
        catch (Exception e)
        {
            Fail(PluginErrors.From(e));
        }
    }

    /// <summary>Polls now if the plugin is one that is polled at scrapes, and was not polled within the last second. Does not wait behind a poll that hangs.</summary>
    public Task PollForScrapeAsync() =>
        _settings.Interval.IsOnScrape && _status.Running is { } running && !IsFresh() && !PollHangs ? Task.Run(() => PollOnceAsync(running)) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _starting;
        // A poll that hangs in a plugin's code keeps what it reads: the process ends without it.
        if (await _polling.WaitAsync(Patience)) _status.Running?.Dispose();
        _registry.Release(Name);
        _status = new PluginStatus(PluginState.Stopped);
    }

    private bool IsFresh() => Polls.Read().SinceLast < ScrapeFreshness;

    private bool PollHangs => Interlocked.Read(ref _pollStarted) is not 0 and var started && _time.GetElapsedTime(started) > PollLimit;

    private void Run(RunningPlugin running)
    {
        _status = new PluginStatus(PluginState.Running, Running: running);
        LogRunning(_logger, Name, Path, running.Object.Programs.Count, string.Join(", ", running.Polls.Select(static poll => poll.Family.Description.Name)));
        if (_settings.Interval.Period is { } period) _ = Task.Run(() => PollForeverAsync(running, period));
    }

    private async Task PollForeverAsync(RunningPlugin running, TimeSpan period)
    {
        var schedule = new PollSchedule(period, _time);
        try
        {
            while (true)
            {
                await PollOnceAsync(running);
                await Task.Delay(schedule.UntilNext(), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The agent is going down.
        }
    }

    private async Task PollOnceAsync(RunningPlugin running)
    {
        await _polling.WaitAsync(_stopping.Token);
        try
        {
            // Another scrape may have polled while this one waited.
            if (!_settings.Interval.IsOnScrape || !IsFresh()) Poll(running);
        }
        finally
        {
            _polling.Release();
        }
    }

    private void Poll(RunningPlugin running)
    {
        long started = _time.GetTimestamp();
        Interlocked.Exchange(ref _pollStarted, started);
        try
        {
            running.Poll();
            Polls.Succeeded(started);
            _drops.Say(running.Polls);
            if (_pollsFail) LogRecovered(_logger, Name);
            _pollsFail = false;
        }
        catch (Exception e)
        {
            Polls.Failed(started);
            // The first of a row of failures is a change of state; the others are in the metrics.
            if (!_pollsFail) LogPollFailed(_logger, Name, e.Message);
            _pollsFail = true;
            _status = _status with { Error = PluginError.Poll, Message = e.Message };
        }
        finally
        {
            Interlocked.Exchange(ref _pollStarted, 0);
        }
    }

    private void Fail(PluginException e)
    {
        bool unsupported = e.Error == PluginError.Unsupported;
        _status = new PluginStatus(unsupported ? PluginState.Unsupported : PluginState.Failed, e.Error, e.Message);
        if (unsupported) LogUnsupported(_logger, Name, e.Message);
        else LogFailed(_logger, Name, e.Error, e.Message);
    }

    // If it comes back after all, what it made is let go at once.
    private void Abandon(Task<RunningPlugin> loading) => _ = loading.ContinueWith(
        finished =>
        {
            if (!finished.IsCompletedSuccessfully) return;
            finished.Result.Dispose();
            _registry.Release(Name);
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is running: {Path}, {Programs} programs attached, {Metrics}")]
    private static partial void LogRunning(ILogger logger, string plugin, string path, int programs, string metrics);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} failed ({Error}): {Reason}")]
    private static partial void LogFailed(ILogger logger, string plugin, PluginError error, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin} is unsupported here: {Reason}")]
    private static partial void LogUnsupported(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} could not be polled, its series stay as they were: {Reason}")]
    private static partial void LogPollFailed(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} is polled again")]
    private static partial void LogRecovered(ILogger logger, string plugin);
}
