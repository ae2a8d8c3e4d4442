using EbpfAgent.Configuration;
using EbpfAgent.Polling;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Polls one version of a plugin, on its interval or for scrapes, until it is stopped. Each version has a loop of its own, so that one whose decoder hangs can be
/// left behind with it.
/// </summary>
/// <remarks>Safe for use by many threads; polls never overlap.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "A poll that hangs may come back after the end; neither field holds anything native.")]
internal sealed class PollLoop
{
    /// <summary>A poll that takes longer hangs, in a plugin's decoder as a rule: nobody waits for it any more.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // A scrape takes what was polled less than this ago, however often it comes.
    private static readonly TimeSpan ScrapeFreshness = TimeSpan.FromSeconds(1);

    private readonly PollInterval _interval;
    private readonly PollRecord _record;
    private readonly IPollObserver _observer;
    private readonly JournalEntry _journal;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _polling = new(1, 1);
    private long _pollStarted;

    /// <param name="running">The version.</param>
    /// <param name="interval">When it is polled.</param>
    /// <param name="record">Where its polls are counted.</param>
    /// <param name="journal">Where polls are marked, so that the next agent knows if one has ended this one; owned.</param>
    /// <param name="observer">Is told how polls went.</param>
    /// <param name="time">The clock.</param>
    public PollLoop(RunningPlugin running, PollInterval interval, PollRecord record, JournalEntry journal, IPollObserver observer, TimeProvider time)
    {
        _journal = journal;
        Running = running;
        _interval = interval;
        _record = record;
        _observer = observer;
        _time = time;
    }

    /// <summary>What it polls.</summary>
    public RunningPlugin Running { get; }

    /// <summary>Whether nothing more is to come before the first answer.</summary>
    public bool IsSettled => _interval.IsOnScrape || _record.Read().Polls > 0 || Hangs;

    /// <summary>Whether a poll does not come to an end.</summary>
    public bool Hangs => Interlocked.Read(ref _pollStarted) is not 0 and var started && _time.GetElapsedTime(started) > Limit;

    /// <summary>Begins to poll: at once, unless scrapes are to say when.</summary>
    /// <param name="atOnce">Whether a first poll is made even so.</param>
    public void Start(bool atOnce)
    {
        if (_interval.Period is { } period) _ = Task.Run(() => PollForeverAsync(period));
        else if (atOnce) _ = Task.Run(() => PollUnlessStoppedAsync(isForScrape: false));
    }

    /// <summary>Polls now if scrapes are what it polls for, and there was no poll within the last second. Does not wait behind a poll that hangs.</summary>
    public Task PollForScrapeAsync() => _interval.IsOnScrape && !IsFresh() && !Hangs ? Task.Run(() => PollUnlessStoppedAsync(isForScrape: true)) : Task.CompletedTask;

    /// <summary>Keeps polls from beginning until <see cref="Resume"/>, and waits for one that is under way.</summary>
    /// <returns>Whether none is: one that hangs is not waited for for ever.</returns>
    public Task<bool> PauseAsync(TimeSpan patience) => _polling.WaitAsync(patience);

    /// <summary>Ends a pause that has succeeded.</summary>
    public void Resume() => _polling.Release();

    /// <summary>Ends it: no poll begins after this. One that is under way is left to itself.</summary>
    public void Stop()
    {
        _stopping.Cancel();
        _journal.Dispose();
    }

    private bool IsFresh() => _record.Read().SinceLast < ScrapeFreshness;

    private async Task PollForeverAsync(TimeSpan period)
    {
        var schedule = new PollSchedule(period, _time);
        try
        {
            while (true)
            {
                await PollOnceAsync(isForScrape: false);
                await Task.Delay(schedule.UntilNext(), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Another version is polled from now on, or none.
        }
    }

    private async Task PollUnlessStoppedAsync(bool isForScrape)
    {
        try
        {
            await PollOnceAsync(isForScrape);
        }
        catch (OperationCanceledException)
        {
            // The same.
        }
    }

    private async Task PollOnceAsync(bool isForScrape)
    {
        await _polling.WaitAsync(_stopping.Token);
        try
        {
            // Another scrape may have polled while this one waited.
            if (!_stopping.IsCancellationRequested && (!isForScrape || !IsFresh())) Poll();
        }
        finally
        {
            _polling.Release();
        }
    }

    private void Poll()
    {
        long started = _time.GetTimestamp();
        Interlocked.Exchange(ref _pollStarted, started);
        try
        {
            _journal.Enter(Activity.Polling);
            Running.Poll();
            // Counted last: who waits for a poll finds all that comes of it.
            _observer.Succeeded(this);
            _record.Succeeded(started);
        }
        catch (Exception e)
        {
            _observer.Failed(this, e);
            _record.Failed(started);
        }
        finally
        {
            _journal.Leave();
            Interlocked.Exchange(ref _pollStarted, 0);
        }
    }
}

/// <summary>Is told how polls go, on the thread that polls.</summary>
internal interface IPollObserver
{
    /// <summary>It was kept.</summary>
    void Succeeded(PollLoop loop);

    /// <summary>It was thrown away.</summary>
    void Failed(PollLoop loop, Exception failure);
}
