using EbpfAgent.Series;
using EbpfAgent.Survival;

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

    private readonly Func<PluginTarget, RunningPlugin?, CancellationToken, IPreparedPlugin> _prepare;
    private readonly FamilyRegistry _registry;
    private readonly TimeProvider _time;
    private readonly SupervisorLog _log;
    private readonly DropLog _drops;
    private readonly RetainedPolls _retained;
    private readonly Lock _gate = new();
    // Has neither a timer nor a parent, and so needs no disposal.
    private CancellationTokenSource _current = new();
    private Task _work = Task.CompletedTask;
    private Task _abandoned = Task.CompletedTask;
    private string? _abandonedContent;
    private PluginTarget? _running;
    private volatile LoadPipeline? _pipeline;
    private volatile PollLoop? _loop;
    private volatile PluginStatus _status = new(PluginState.Pending);
    private volatile string _path;
    private volatile bool _pollsFail;
    private bool _isPublished;
    private bool _isEnding;

    /// <param name="name">The plugin's name.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="prepare">Makes a version ready to run. Called on a thread of its own, since plugin code runs in there and may never come back; its token says that nobody waits any more.</param>
    /// <param name="registry">Where its families are exposed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of each change of state.</param>
    public PluginSupervisor(
        string name, string path, Func<PluginTarget, RunningPlugin?, CancellationToken, IPreparedPlugin> prepare, FamilyRegistry registry, TimeProvider time, ILogger logger)
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
    public BreakerState Breaker => _pipeline?.Breaker ?? BreakerState.Closed;

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
        Say(new PluginStatus(PluginState.Stopped));
        _log.Removed(_path, ran);
    });

    /// <summary>Polls now if the plugin is one that is polled at scrapes, and was not polled within the last second. Does not wait behind a poll that hangs.</summary>
    public Task PollForScrapeAsync() => _loop?.PollForScrapeAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isEnding = true;
        await Supersede((_, _) => UnloadAsync(isLast: true));
        Say(new PluginStatus(PluginState.Stopped));
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
        lock (_gate)
        {
            if (loop != _loop) return;
            // Why a newer version can't run is not forgotten over a poll of the older one.
            if (_status.State == PluginState.Running) _status = _status with { Error = PluginError.Poll, Message = failure.Message };
        }

        // The first of a row of failures is a change of state; the others are in the metrics.
        if (!_pollsFail) _log.PollFailed(failure.Message);
        _pollsFail = true;
    }

    // One thing at a time: what is asked for last cancels what was asked for before it, and begins when that has ended.
    private Task Supersede(Func<TaskCompletionSource, CancellationToken, Task> work)
    {
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenSource superseded;
        lock (_gate)
        {
            superseded = _current;
            _current = new CancellationTokenSource();
            // Nothing is begun any more, but what undoes.
            if (_isEnding) _current.Cancel();
            _work = RunAfterAsync(_work, tried, work, _current.Token);
        }

        // Not under the lock: what waits for it goes on at once, on this thread.
        superseded.Cancel();
        return tried.Task;
    }

    private async Task RunAfterAsync(Task before, TaskCompletionSource tried, Func<TaskCompletionSource, CancellationToken, Task> work, CancellationToken cancellation)
    {
        await before;
        await Task.Yield();
        try
        {
            await work(tried, cancellation);
        }
        catch (Exception e)
        {
            // Nobody foresaw it, and nobody awaits it but the next work, which must not fail with it.
            Fail(PluginErrors.From(e), retryIn: null);
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
            if (!target.Settings.Enabled) Say(new PluginStatus(PluginState.Disabled));
            else Fail(new PluginException(PluginError.Plugin, target.Candidate.Problem!), retryIn: null);
            return;
        }

        // What ran before a change that could not run is wanted again.
        if (_loop is { } loop && _running == target)
        {
            _pipeline = null;
            Say(new PluginStatus(PluginState.Running, Running: loop.Running));
            return;
        }

        if (_loop is null) Say(new PluginStatus(PluginState.Loading));
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
        // Another attempt at files that hang would leave one more thread behind. Other files may be the cure.
        if (_abandonedContent == target.ContentHash) await _abandoned.WaitAsync(cancellation);
        RunningPlugin? before = _loop?.Running;
        Task<IPreparedPlugin> preparing = Task.Factory.StartNew(() => Prepare(target, before, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await preparing.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !preparing.IsFaulted)
        {
            (_abandoned, _abandonedContent) = (DisposeLateAsync(preparing), target.ContentHash);
            throw;
        }

        return await HandOverAsync(await preparing, target);
    }

    private IPreparedPlugin Prepare(PluginTarget target, RunningPlugin? before, CancellationToken cancellation)
    {
        try
        {
            if (Journal is not null && Journal.IsQuarantined(Name, target.Hash, out string? deaths)) throw new PluginException(PluginError.Crash, deaths);
            using JournalEntry mark = Mark(target);
            mark.Enter(Activity.Loading);
            return _prepare(target, before, cancellation);
        }
        catch (Exception e)
        {
            // The breaker remembers what it sees; the exception behind this one may be of the plugin's own type, and would keep the plugin in memory.
            throw PluginErrors.From(e).WithoutCause();
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
            if (isQuiet) old!.Resume();
            prepared.Dispose();
            if (old is not null) KeepNames(old.Running);
            throw PluginErrors.From(e).WithoutCause();
        }

        _retained.Forget();
        var loop = new PollLoop(running, target.Settings.Interval, Polls, Mark(target), this, _time);
        lock (_gate)
        {
            (_loop, _running, _isPublished, _pollsFail) = (loop, target, old is null, false);
            if (old is null) _registry.Publish(Name, running.Families);
            _status = new PluginStatus(PluginState.Running, Running: running);
        }

        if (old is null) Loads.Loaded();
        else Loads.Reloaded();
        _log.Runs(_path, running, isReload: old is not null);
        loop.Start(atOnce: old is not null);
        if (old is not null) await LetGoAsync(old, isQuiet ? Task.CompletedTask : old.PauseAsync(Timeout.InfiniteTimeSpan));
        return running;
    }

    // A version that was refused gives back all names that are not exposed; among them may be those of a version that was not polled yet.
    private void KeepNames(RunningPlugin running)
    {
        if (!_isPublished) _registry.Reserve([.. running.Families.Select(static family => family.Description.Name)], Name);
    }

    private Predecessor? Before(PollLoop? old, bool isQuiet)
    {
        if (old is not null) return new Predecessor(old.Running.Polls, old.Running, isQuiet);
        return _retained.Kept;
    }

    private async Task UnloadAsync(bool isLast)
    {
        PollLoop? old = _loop;
        lock (_gate) _loop = null;
        (_running, _pipeline) = (null, null);
        if (old is not null)
        {
            bool isQuiet = await old.PauseAsync(Patience);
            Task polling = isQuiet ? Task.CompletedTask : old.PauseAsync(Timeout.InfiniteTimeSpan);
            if (isLast && isQuiet) old.Running.Leave();
            if (!isLast) Detach(old.Running);
            if (!isLast && isQuiet && await EndsSoonAsync(polling = Task.Run(() => PollLast(old.Running)))) _retained.Keep(Predecessor.Unloaded(old.Running));
            await LetGoAsync(old, polling);
        }

        _registry.Release(Name);
    }

    private void Detach(RunningPlugin running)
    {
        try
        {
            running.Detach();
        }
        catch (Exception e)
        {
            _log.LetGoFailed(e.Message);
        }
    }

    // Nothing is attached any more: what this poll reads is all that the version has counted.
    private static void PollLast(RunningPlugin running)
    {
        try
        {
            running.Poll();
        }
        catch (Exception)
        {
            // As with any poll, what came since the one before it is lost, and no more.
        }
    }

    // What a poll that hangs in a plugin's code reads is kept until it returns, if it ever does.
    private async Task LetGoAsync(PollLoop loop, Task polling)
    {
        loop.Stop();
        loop.Running.End();
        bool hangs = !polling.IsCompleted;
        Task disposing = DisposeAfterAsync(polling, loop.Running);
        if (!hangs) await EndsSoonAsync(disposing);
    }

    // Unloading asks the plugin's code too, which may throw or hang.
    private async Task DisposeAfterAsync(Task polling, RunningPlugin running)
    {
        await polling;
        try
        {
            await Task.Run(running.Dispose);
        }
        catch (Exception e)
        {
            _log.LetGoFailed(e.Message);
        }
    }

    private static async Task<bool> EndsSoonAsync(Task task)
    {
        await task.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    private static async Task DisposeLateAsync(Task<IPreparedPlugin> preparing)
    {
        try
        {
            (await preparing).Dispose();
        }
        catch (Exception)
        {
            // It was given up already.
        }
    }

    private void Say(PluginStatus status)
    {
        lock (_gate) _status = status;
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
        Say(status);
    }
}
