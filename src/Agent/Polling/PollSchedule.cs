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

    /// <summary>How long to wait from now until the next point of the grid; never zero.</summary>
    public TimeSpan UntilNext()
    {
        TimeSpan elapsed = time.GetElapsedTime(_start);
        return interval - TimeSpan.FromTicks(elapsed.Ticks % interval.Ticks);
    }
}
