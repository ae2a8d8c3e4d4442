namespace EbpfAgent.Lifecycle;

/// <content>Letting go of a version.</content>
internal sealed partial class PluginSupervisor
{
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
}
