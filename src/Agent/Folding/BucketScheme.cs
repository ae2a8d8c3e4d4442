namespace EbpfAgent.Folding;

/// <summary>
/// The finite, inclusive upper bounds of a histogram's slots, ascending, in the exposed unit. The slot after them counts what lies above every bound.
/// </summary>
internal sealed class BucketScheme
{
    // 2^64 - 1 is the largest value: a bound at or above 2^64 can't be passed.
    private const int LargestExponent = 64;

    private BucketScheme(double[] bounds, UnitScale scale)
    {
        Bounds = bounds;
        Scale = scale;
    }

    public IReadOnlyList<double> Bounds { get; }

    /// <summary>The factor from the sum's unit to the exposed one.</summary>
    public UnitScale Scale { get; }

    /// <summary>The number of slots, the one above every bound included.</summary>
    public int Slots => Bounds.Count + 1;

    /// <summary>Bounds 2^first to 2^last, in the map's unit.</summary>
    public static BucketScheme Log2(int first, int last, UnitScale scale) =>
        Of(Exponents(first, last, 0, LargestExponent).Select(exponent => scale.Apply(Math.ScaleB(1, exponent))), scale);

    /// <summary>Bounds 2^first to 2^last seconds, of values in nanoseconds.</summary>
    public static BucketScheme Seconds(int first, int last) =>
        Of(Exponents(first, last, -30, 34).Select(static exponent => Math.ScaleB(1, exponent)), UnitScale.Nanoseconds);

    /// <summary>Bounds start, start + width, start + 2 width...</summary>
    public static BucketScheme Linear(ulong start, ulong width, int count, UnitScale scale)
    {
        if (width == 0) throw new FormatException("the buckets of a linear scheme have no width");
        if (((UInt128)start + (UInt128)width * (uint)(count - 1)) > ulong.MaxValue) throw new FormatException("the last bound of a linear scheme is above 2^64");
        return Of(Enumerable.Range(0, count).Select(i => scale.Apply(start + (width * (ulong)i))), scale);
    }

    /// <summary>These bounds.</summary>
    public static BucketScheme Explicit(IEnumerable<ulong> bounds, UnitScale scale) => Of(bounds.Select(bound => scale.Apply(bound)), scale);

    /// <summary>
    /// The bounds of floor(log2 v) + 1 as a bucket: bucket b holds 2^(b-1) to 2^b - 1, so that its inclusive bound is 2^b - 1. Buckets 0 to 63 have
    /// a bound; the 64th, from 2^63 up, is the slot above them.
    /// </summary>
    public static BucketScheme FloorLog2(UnitScale scale) =>
        Of(Enumerable.Range(0, 64).Select(bucket => scale.Apply((1UL << bucket) - 1)), scale);

    /// <summary>No bounds: the only slot counts all, as a counter does.</summary>
    public static BucketScheme None(UnitScale scale) => new([], scale);

    /// <summary>These bounds, which are in the exposed unit already.</summary>
    public static BucketScheme Exposed(IEnumerable<double> bounds, UnitScale scale) => Of(bounds, scale);

    private static IEnumerable<int> Exponents(int first, int last, int lowest, int highest) =>
        first >= lowest && last <= highest && first <= last
            ? Enumerable.Range(first, last - first + 1)
            : throw new FormatException($"exponents from {first} to {last} are not within {lowest} and {highest}");

    private static BucketScheme Of(IEnumerable<double> bounds, UnitScale scale)
    {
        double[] all = [.. bounds];
        for (int i = 1; i < all.Length; i++)
        {
            if (!(all[i] > all[i - 1])) throw new FormatException($"bounds must ascend, and {all[i]} follows {all[i - 1]}");
        }

        return all.Length > 0 ? new BucketScheme(all, scale) : throw new FormatException("a scheme needs a bound");
    }
}
