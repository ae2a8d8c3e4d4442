using EbpfAgent.Series;
using EbpfAgent.Survival;
using Polly.CircuitBreaker;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Runs one plugin through all its versions: loads it, replaces it, polls it, and lets go of it. A new version takes the place of the old one only when it can run;
/// whatever the plugin does, only this supervisor's own tasks see it.
/// </summary>
/// <remarks>Safe for use by many threads. What is asked of it last counts: it supersedes what is under way.</remarks>
internal sealed class PluginSupervisor : IPollObserver, IAsyncDisposable
{
    // How long a poll or a last poll that is under way is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Func<PluginTarget, RunningPlugin?, IPreparedPlugin> _prepare;
    private readonly FamilyRegistry _registry;
    private readonly TimeProvider _time;
    private readonly SupervisorLog _log;
    private readonly DropLog _drops;
    private readonly RetainedPolls _retained;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenSource _current = new();
    private Task _work = Task.CompletedTask;
    private Task _abandoned = Task.CompletedTask;
    private PluginTarget? _abandonedTarget;
    private PluginTarget? _running;
    private volatile LoadPipeline? _pipeline;
    private volatile PollLoop? _loop;
    private volatile PluginStatus _status = new(PluginState.Pending);
    private volatile string _path;
    private volatile bool _pollsFail;
    private bool _isPublished;

    /// <param name="name">The plugin's name.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="prepare">Makes a version ready to run. Called on a thread of its own, since plugin code runs in there and may never come back.</param>
    /// <param name="registry">Where its families are exposed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of each change of state.</param>
    public PluginSupervisor(
        string name, string path, Func<PluginTarget, RunningPlugin?, IPreparedPlugin> prepare, FamilyRegistry registry, TimeProvider time, ILogger logger)
    {
        Name = name;
        _path = path;
        _prepare = prepare;
        _registry = registry;
        _time = time;
        _log = new SupervisorLog(name, logger);
        _drops = new DropLog(name, time, logger);
        _retained = new RetainedPolls(time);
        Polls = new PollRecord(time);
    }

    public string Name { get; }

    /// <summary>The folder or DLL.</summary>
    public string Path => _path;

    public PluginStatus Status => _status;

    /// <summary>The polls of all versions.</summary>
    public PollRecord Polls { get; }

    /// <summary>The loads of all versions.</summary>
    public LoadRecord Loads { get; } = new();

    /// <summary>Whether the version that is wanted is tried (closed), is left alone for a while (open), or is tried once to see (half-open).</summary>
    public CircuitState Breaker => _pipeline?.Breaker ?? CircuitState.Closed;

    /// <summary>Marks what the plugin is doing where it outlives the agent; null where nothing can be marked.</summary>
    public CrashJournal? Journal { get; init; }

    /// <summary>Whether the last poll was thrown away, or does not come to an end.</summary>
    public bool PollsFail => _pollsFail || _loop is { Hangs: true };

    /// <summary>Whether what it had counted when it was unloaded is remembered; forgets it when its time is over.</summary>
    public bool IsRemembered => _retained.Expire();

    /// <summary>True when nothing more is to come before the first answer: polled, loaded to be polled at scrapes, failed, unsupported or disabled.</summary>
    public bool IsSettled => _status.State switch
    {
        PluginState.Running or PluginState.Outdated => _loop is not { IsSettled: false },
        PluginState.Pending or PluginState.Loading => false,
        _ => true,
    };

    /// <summary>Runs this version from now on, in place of what runs. Never throws.</summary>
    /// <returns>Ends when it runs, or when its first attempt has failed. Further ones go on by themselves.</returns>
    public Task RunAsync(PluginTarget target) => Supersede((tried, cancellation) => RunAsync(target, tried, cancellation));

    /// <summary>Unloads what runs; its files are gone. What it has counted is remembered for a minute.</summary>
    public Task RemoveAsync() => Supersede(async (_, _) =>
    {
        bool ran = _loop is not null;
        await UnloadAsync(isLast: false);
        _status = new PluginStatus(PluginState.Stopped);
        _log.Removed(_path, ran);
    });

    /// <summary>Polls now if the plugin is one that is polled at scrapes, and was not polled within the last second. Does not wait behind a poll that hangs.</summary>
    public Task PollForScrapeAsync() => _loop?.PollForScrapeAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Supersede((_, _) => UnloadAsync(isLast: true));
        _status = new PluginStatus(PluginState.Stopped);
    }

    void IPollObserver.Succeeded(PollLoop loop)
    {
        lock (_gate)
        {
            if (loop != _loop) return;
            // The version before it is exposed until this one has something to show.
            if (!_isPublished) _registry.Publish(Name, loop.Running.Families);
            _isPublished = true;
        }

        _drops.Say(loop.Running.Polls);
        if (_pollsFail) _log.PolledAgain();
        _pollsFail = false;
    }

    void IPollObserver.Failed(PollLoop loop, Exception failure)
    {
        if (loop != _loop) return;
        // The first of a row of failures is a change of state; the others are in the metrics.
        if (!_pollsFail) _log.PollFailed(failure.Message);
        _pollsFail = true;
        _status = _status with { Error = PluginError.Poll, Message = failure.Message };
    }

    // One thing at a time: what is asked for last cancels what was asked for before it, and begins when that has ended.
    private Task Supersede(Func<TaskCompletionSource, CancellationToken, Task> work)
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _current.Cancel();
            _current = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            _work = RunAfterAsync(_work, tried, work, _current.Token);
        }

        return tried.Task;
    }

    private static async Task RunAfterAsync(Task before, TaskCompletionSource tried, Func<TaskCompletionSource, CancellationToken, Task> work, CancellationToken cancellation)
    {
        await before;
        await Task.Yield();
        try
        {
            await work(tried, cancellation);
        }
        finally
        {
            tried.TrySetResult();
        }
    }

    private async Task RunAsync(PluginTarget target, TaskCompletionSource tried, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return;
        _path = target.Candidate.Path;
        if (!target.Settings.Enabled || target.Candidate.EntryPath is null)
        {
            await UnloadAsync(isLast: false);
            if (!target.Settings.Enabled) _status = new PluginStatus(PluginState.Disabled);
            else Fail(new PluginException(PluginError.Plugin, target.Candidate.Problem!), retryIn: null);
            return;
        }

        // What ran before a change that could not run is wanted again.
        if (_loop is { } loop && _running == target)
        {
            _status = new PluginStatus(PluginState.Running, Running: loop.Running);
            return;
        }

        if (_loop is null) _status = new PluginStatus(PluginState.Loading);
        LoadPipeline pipeline = _pipeline = new LoadPipeline(target.Settings.Limits.LoadTimeout, _time, Retry);
        try
        {
            await pipeline.ExecuteAsync(token => AttemptAsync(target, token), _path, cancellation);
        }
        catch (PluginException e)
        {
            // One that was tried again and again has been counted.
            if (!tried.Task.IsCompleted) Loads.Failed();
            Fail(e, retryIn: null);
        }
        catch (OperationCanceledException)
        {
            // Something else is wanted by now.
        }

        void Retry(PluginException failure, TimeSpan delay)
        {
            if (!tried.Task.IsCompleted) Loads.Failed();
            Loads.Retried();
            Fail(failure, delay);
            tried.TrySetResult();
        }
    }

    private async Task<RunningPlugin> AttemptAsync(PluginTarget target, CancellationToken cancellation)
    {
        // Each further attempt would leave one more thread behind. Another version need not hang as this one does.
        if (!_abandoned.IsCompleted && _abandonedTarget == target)
            throw new PluginException(PluginError.Timeout, $"{_path}: a load that has outrun limits.loadTimeout has still not returned; its constructor or its properties hang");
        RunningPlugin? before = _loop?.Running;
        Task<IPreparedPlugin> preparing = Task.Factory.StartNew(() => Prepare(target, before), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await preparing.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !preparing.IsFaulted)
        {
            (_abandoned, _abandonedTarget) = (DisposeLateAsync(preparing), target);
            throw;
        }

        return await HandOverAsync(await preparing, target);
    }

    private IPreparedPlugin Prepare(PluginTarget target, RunningPlugin? before)
    {
        if (Journal is not null && Journal.IsQuarantined(Name, target.Hash, out string? deaths)) throw new PluginException(PluginError.Crash, deaths);
        using JournalEntry mark = Mark(target);
        mark.Enter(Activity.Loading);
        try
        {
            return _prepare(target, before);
        }
        catch (Exception e)
        {
            throw PluginErrors.From(e);
        }
    }

    private JournalEntry Mark(PluginTarget target) => Journal?.Open(Name, target.Hash) ?? JournalEntry.None;

    private async Task<RunningPlugin> HandOverAsync(IPreparedPlugin prepared, PluginTarget target)
    {
        PollLoop? old = _loop;
        bool isQuiet = old is not null && await old.PauseAsync(Patience);
        RunningPlugin running;
        try
        {
            running = prepared.Start(Before(old, isQuiet));
        }
        catch (Exception e)
        {
            prepared.Dispose();
            if (isQuiet) old!.Resume();
            throw PluginErrors.From(e);
        }

        var loop = new PollLoop(running, target.Settings.Interval, Polls, Mark(target), this, _time);
        lock (_gate)
        {
            (_loop, _running, _isPublished, _pollsFail) = (loop, target, old is null, false);
            if (old is null) _registry.Publish(Name, running.Families);
        }

        _status = new PluginStatus(PluginState.Running, Running: running);
        if (old is null) Loads.Loaded();
        else Loads.Reloaded();
        _log.Runs(_path, running, isReload: old is not null);
        loop.Start(atOnce: old is not null);
        if (old is not null) LetGo(old, isQuiet);
        return running;
    }

    private Predecessor? Before(PollLoop? old, bool isQuiet)
    {
        if (old is not null) return new Predecessor(old.Running.Polls, old.Running, isQuiet);
        return _retained.Take() is { } polls ? new Predecessor(polls) : null;
    }

    private async Task UnloadAsync(bool isLast)
    {
        PollLoop? old = _loop;
        lock (_gate) _loop = null;
        _running = null;
        if (old is not null)
        {
            bool isQuiet = await old.PauseAsync(Patience);
            if (isQuiet && !isLast && await TryPollLastAsync(old.Running)) _retained.Keep(old.Running.Polls);
            LetGo(old, isQuiet);
        }

        _registry.Release(Name);
    }

    // Nothing is attached any more: what this poll reads is all that the version has counted.
    private static async Task<bool> TryPollLastAsync(RunningPlugin running)
    {
        try
        {
            running.Detach();
            await Task.Run(running.Poll).WaitAsync(Patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception e) when (e is Bpf.BpfException)
        {
            return true;
        }
    }

    // A poll that hangs in a plugin's code keeps what it reads until it returns, if it ever does.
    private static void LetGo(PollLoop loop, bool isQuiet)
    {
        loop.Stop();
        loop.Running.End();
        if (isQuiet) loop.Running.Dispose();
        else _ = DisposeLateAsync(loop);
    }

    private static async Task DisposeLateAsync(PollLoop loop)
    {
        await loop.PauseAsync(Timeout.InfiniteTimeSpan);
        loop.Running.Dispose();
    }

    private static async Task DisposeLateAsync(Task<IPreparedPlugin> preparing)
    {
        try
        {
            (await preparing).Dispose();
        }
        catch (PluginException)
        {
            // It was given up already.
        }
    }

    private void Fail(PluginException e, TimeSpan? retryIn)
    {
        PluginState state = e.Error switch
        {
            _ when _loop is not null => PluginState.Outdated,
            PluginError.Unsupported => PluginState.Unsupported,
            PluginError.Crash => PluginState.Quarantined,
            _ => PluginState.Failed,
        };
        var status = new PluginStatus(state, e.Error, e.Message, _loop?.Running);
        // An attempt that fails as the one before it is no change of state.
        if (status != _status) _log.Failed(status, retryIn);
        _status = status;
    }
}
