using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <content>From what is to run to a version that runs.</content>
internal sealed partial class PluginSupervisor
{
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
        if (!_isPublished) _registry.Reserve([.. running.Families.Select(static family => family.Description.MetricName)], Name);
    }

    private Predecessor? Before(PollLoop? old, bool isQuiet)
    {
        if (old is not null) return new Predecessor(old.Running.Polls, old.Running, isQuiet);
        return _retained.Kept;
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
}
