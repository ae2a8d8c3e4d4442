namespace EbpfAgent.Series;

/// <summary>The bounds of one metric's series.</summary>
/// <param name="MaxSeries">The most series.</param>
/// <param name="MaxLabelLength">The most bytes of UTF-8 of a label value; a longer one is cut.</param>
internal readonly record struct SeriesLimits(int MaxSeries, int MaxLabelLength);
