using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>When a plugin's maps are polled: every so often, or once for each scrape. The default value is on scrape.</summary>
internal readonly record struct PollInterval
{
    /// <summary>The word in the configuration for <see cref="OnScrape"/>.</summary>
    public const string ScrapeWord = "scrape";

    /// <summary>The shortest period: below it, polling costs more than what it observes.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest period.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private PollInterval(TimeSpan period) => Period = period;

    /// <summary>The kernel is read when Prometheus asks, and at no other time.</summary>
    public static PollInterval OnScrape => default;

    /// <summary>The time from one poll to the next, or null for <see cref="OnScrape"/>.</summary>
    public TimeSpan? Period { get; }

    /// <summary>True for <see cref="OnScrape"/>.</summary>
    public bool IsOnScrape => Period is null;

    /// <summary>The kernel is read once in each period.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is not within 100 ms and 1 h.</exception>
    public static PollInterval Every(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, Longest);
        return new PollInterval(period);
    }

    /// <summary>As in the configuration: <c>5s</c> or <c>scrape</c>.</summary>
    public override string ToString() => Period is { } period ? Duration.Format(period) : ScrapeWord;
}
