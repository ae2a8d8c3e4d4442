using EbpfAgent.Series;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Runs one plugin through all its versions: loads it, replaces it, polls it, and lets go of it. A new version takes the place of the old one only when it can run;
/// whatever the plugin does, only this supervisor's own tasks see it.
/// </summary>
/// <remarks>Safe for use by many threads. What is asked of it last counts: it supersedes what is under way.</remarks>
internal sealed partial class PluginSupervisor : IPollObserver, IAsyncDisposable
{
    // How long a poll or a last poll that is under way is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Func<PluginTarget, RunningPlugin?, CancellationToken, IPreparedPlugin> _prepare;
    private readonly FamilyRegistry _registry;
    private readonly TimeProvider _time;
    private readonly SupervisorLog _log;
    private readonly DropLog _drops;
    private readonly Upkeep _upkeep;
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
        _upkeep = new Upkeep(name, logger);
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

    /// <summary>Has what runs follow the host. Called about once a second, by one thread at a time; never throws.</summary>
    public void Maintain()
    {
        if (_status.Running is { } running) _upkeep.Run(running);
    }

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

        _drops.Say(loop.Running.Families);
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
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
