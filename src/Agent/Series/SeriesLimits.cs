namespace EbpfAgent.Series;

/// <summary>What becomes of label sets above a metric's limit.</summary>
internal enum Overflow
{
    /// <summary>Their events are counted in one more series, all of whose label values are <c>other</c>.</summary>
    Other,

    /// <summary>Their events are left out.</summary>
    Drop,
}

/// <summary>The bounds of one metric's series.</summary>
/// <param name="MaxSeries">The most series that are exposed, without the one called <c>other</c>.</param>
/// <param name="MaxLabelLength">The most bytes of UTF-8 of a label value; a longer one is cut.</param>
internal readonly record struct SeriesLimits(int MaxSeries, int MaxLabelLength)
{
    /// <summary>How long a series is exposed to which no key in the map maps any more; null is for ever.</summary>
    public TimeSpan? ExpireGone { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a series is exposed that does not change, though its keys are in the map; null is for ever.</summary>
    public TimeSpan? ExpireUnchanged { get; init; }

    public Overflow Overflow { get; init; }
}
