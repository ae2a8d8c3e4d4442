namespace EbpfAgent.Configuration;

/// <summary>The bounds of buckets that a configuration describes, to the last bit those that ebpf_exporter computes: <c>le</c> is a label, and labels are compared as text.</summary>
internal static class BucketBounds
{
    /// <summary>More buckets than this are no histogram that anything stores.</summary>
    public const int MaxCount = 10_000;

    /// <summary>Each bucket's <c>le</c>, in the order of the buckets.</summary>
    public static IEnumerable<double> Of(BucketSettings buckets) => Numbers(buckets).Select(number => Bound(buckets.Form, number) * buckets.Multiplier);

    /// <summary>The buckets' numbers, as the map's keys have them.</summary>
    public static IEnumerable<double> Numbers(BucketSettings buckets) => buckets.Form == BucketForm.Fixed
        ? buckets.Keys
        : Enumerable.Range(0, (int)Math.Min(MaxCount, Count(buckets))).Select(i => (double)buckets.First + i);

    /// <summary>How many there are.</summary>
    public static long Count(BucketSettings buckets) => buckets.Form == BucketForm.Fixed ? buckets.Keys.Count : Math.Max(0, (long)buckets.Last - buckets.First + 1);

    /// <summary>What keeps them from being a histogram's, or null.</summary>
    public static string? Problem(BucketSettings buckets)
    {
        if (Count(buckets) > MaxCount)
            return $"{Count(buckets)} buckets; expected at most {MaxCount}";
        double before = double.NegativeInfinity;
        foreach (double bound in Of(buckets))
        {
            if (!double.IsFinite(bound))
                return "the last bounds are beyond any number";
            if (bound <= before)
                return $"bounds must ascend, and {bound:R} follows {before:R}";
            before = bound;
        }
        return null;
    }

    private static double Bound(BucketForm form, double number) => form switch
    {
        BucketForm.Exp2 => PowerOf2(number),
        BucketForm.Exp2Zero => number == 0 ? 0 : PowerOf2(number - 1),
        _ => number,
    };

    // What lies beyond an int's exponents is infinite, or 0, either way.
    private static double PowerOf2(double exponent) => Math.ScaleB(1, (int)Math.Clamp(exponent, -100_000, 100_000));
}
