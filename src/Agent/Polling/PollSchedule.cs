namespace EbpfAgent.Polling;

/// <summary>
/// When a plugin is polled: at once, and then on a grid of whole intervals from its first poll. A poll that takes long makes it miss points of the
/// grid; it neither overlaps nor drifts.
/// </summary>
/// <param name="interval">The distance between two points of the grid, above zero.</param>
/// <param name="time">The clock; only its monotonic timestamps are used, so that setting the host's clock moves nothing.</param>
internal sealed class PollSchedule(TimeSpan interval, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _point;

    /// <summary>Goes on to the next point of the grid, and says how long it is until then.</summary>
    public TimeSpan UntilNext()
    {
        TimeSpan elapsed = time.GetElapsedTime(_start);
        // At least one further than the last: a timer that fires a moment early must not be answered with a poll for the same point.
        _point = Math.Max(_point, elapsed.Ticks / interval.Ticks) + 1;
        return (interval * _point) - elapsed;
    }
}
