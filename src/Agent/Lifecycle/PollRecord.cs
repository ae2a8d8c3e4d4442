namespace EbpfAgent.Lifecycle;

/// <summary>The account of a plugin's polls. Written by the thread that polls, read by any.</summary>
internal sealed class PollRecord(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _lastStart;
    private long _lastSuccess;
    private TimeSpan _lastDuration;
    private TimeSpan _totalDuration;
    private long _polls;
    private long _failures;
    private DateTimeOffset _succeededAt;

    /// <summary>Counts a poll that was kept.</summary>
    /// <param name="started">When it began, as a timestamp of the same clock: the data are as old as that.</param>
    public void Succeeded(long started)
    {
        lock (_gate)
        {
            Count(started);
            _lastSuccess = started;
            _succeededAt = time.GetUtcNow() - time.GetElapsedTime(started);
        }
    }

    /// <summary>Counts a poll that was thrown away.</summary>
    public void Failed(long started)
    {
        lock (_gate)
        {
            Count(started);
            _failures++;
        }
    }

    public Snapshot Read()
    {
        lock (_gate)
        {
            return new Snapshot(_polls, _failures, _polls > 0 ? time.GetElapsedTime(_lastStart) : null, _polls > _failures ? time.GetElapsedTime(_lastSuccess) : null, _lastDuration, _totalDuration, _succeededAt);
        }
    }

    private void Count(long started)
    {
        _polls++;
        _lastStart = started;
        _lastDuration = time.GetElapsedTime(started);
        _totalDuration += _lastDuration;
    }

    /// <param name="Polls">How many there were, with those that failed.</param>
    /// <param name="Failures">How many failed.</param>
    /// <param name="SinceLast">How long ago the last one began, kept or not; null if there was none.</param>
    /// <param name="Age">The age of the data, from the begin of the poll that read them; null if none succeeded.</param>
    /// <param name="LastDuration">How long the last one took.</param>
    /// <param name="TotalDuration">How long all took.</param>
    /// <param name="SucceededAt">When the last one that was kept began, by the wall clock; without meaning if none was.</param>
    internal readonly record struct Snapshot(long Polls, long Failures, TimeSpan? SinceLast, TimeSpan? Age, TimeSpan LastDuration, TimeSpan TotalDuration, DateTimeOffset SucceededAt);
}
