using EbpfAgent.Folding;

namespace EbpfAgent.Series;

/// <summary>
/// Carries totals from the slots of one scheme to those of another, so that no exposed count goes down. What a slot holds lies at or below its bound, so it goes
/// to the first new slot whose bound is not below that: a count at a bound which both schemes have is kept exactly, and at a new bound in between it is the
/// one of the next lower old bound.
/// </summary>
/// <remarks>
/// Bounds are compared in the exposed unit, as that is what <c>le</c> says. Where the schemes are the same but for the unit's factor, what was counted is the same
/// too, and is kept raw. Otherwise a sum is converted into the new unit and rounded up, by less than one of that unit, because rounded down it would fall.
/// </remarks>
internal sealed class SlotMapping
{
    // Bounds are whole numbers, or powers of two, times a factor: two that are meant to be equal differ by a rounding or two.
    private const double Tolerance = 1e-14;

    private readonly UnitScale _from;
    private readonly UnitScale _to;
    private readonly int[]? _targets;

    private SlotMapping(UnitScale from, UnitScale to, int[]? targets)
    {
        _from = from;
        _to = to;
        _targets = targets;
    }

    /// <summary>Words are kept as they are.</summary>
    public static SlotMapping Raw { get; } = new(UnitScale.One, UnitScale.One, null);

    public static SlotMapping Between(BucketScheme old, BucketScheme scheme) =>
        IsSameRaw(old, scheme) ? Raw : new SlotMapping(old.Scale, scheme.Scale, [.. old.Bounds.Select(bound => Target(scheme, bound)), scheme.Slots - 1]);

    /// <summary>Whether the schemes mean the same by their slots, whatever the factor of the exposed unit.</summary>
    public static bool IsSameRaw(BucketScheme one, BucketScheme other) => one.Slots == other.Slots &&
        one.Bounds.Zip(other.Bounds).All(pair => IsSameRaw(pair.First, one.Scale, pair.Second, other.Scale));

    /// <summary>Whether two exposed bounds are of one raw value.</summary>
    public static bool IsSameRaw(double one, UnitScale oneScale, double other, UnitScale otherScale) => oneScale.Equals(otherScale)
        ? one.Equals(other)
        : Math.Abs((one / oneScale.Factor) - (other / otherScale.Factor)) <= Tolerance * (one / oneScale.Factor);

    /// <summary>Adds words of the old scheme to those of the new one.</summary>
    public void Carry(ReadOnlySpan<ulong> words, Span<ulong> totals)
    {
        if (_targets is null)
        {
            Gain.Add(words, totals);
            return;
        }

        totals[0] += Convert(words[0], _from, _to);
        for (int slot = 0; slot < _targets.Length; slot++) totals[1 + _targets[slot]] += words[1 + slot];
    }

    /// <summary>A sum in another unit, rounded up, modulo 2^64.</summary>
    internal static ulong Convert(ulong sum, UnitScale from, UnitScale to)
    {
        if (from.Equals(to)) return sum;
        if (from.Decimals < 0 || to.Decimals < 0) return ConvertInexactly(sum, from, to);
        if (to.Decimals >= from.Decimals) return (ulong)(sum * Power(to.Decimals - from.Decimals));
        UInt128 divisor = Power(from.Decimals - to.Decimals);
        return (ulong)((sum + divisor - 1) / divisor);
    }

    private static UInt128 Power(int exponent)
    {
        UInt128 power = 1;
        for (; exponent > 0; exponent--) power *= 10;
        return power;
    }

    // A factor that is no power of ten is applied in floating point when it is exposed; here it must not come out below that.
    private static ulong ConvertInexactly(ulong sum, UnitScale from, UnitScale to)
    {
        const double Modulus = 18446744073709551616.0;
        double exposed = from.Apply(sum);
        double converted = Math.Ceiling(exposed / to.Factor);
        while (converted < Modulus && to.Apply(converted) < exposed) converted = Math.Max(converted + 1, Math.BitIncrement(converted));
        return (ulong)(converted % Modulus);
    }

    private static int Target(BucketScheme scheme, double bound)
    {
        int slot = 0;
        while (slot < scheme.Bounds.Count && scheme.Bounds[slot] < bound) slot++;
        return slot;
    }
}
