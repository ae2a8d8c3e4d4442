namespace EbpfAgent.Folding;

/// <summary>
/// The factor from a map's unit to the exposed one. A factor of 10^-n, nanoseconds to seconds above all, is kept as n, because then a sum is written
/// digit by digit and stays exact beyond 2^53.
/// </summary>
internal readonly struct UnitScale : IEquatable<UnitScale>
{
    private const int MostDecimals = 18;

    private UnitScale(double factor, int decimals)
    {
        Factor = factor;
        Decimals = decimals;
    }

    /// <summary>Values are exposed as they are.</summary>
    public static UnitScale One { get; } = new(1, 0);

    /// <summary>Nanoseconds are exposed as seconds.</summary>
    public static UnitScale Nanoseconds { get; } = From(1e-9);

    public double Factor { get; }

    /// <summary>n where the factor is 10^-n for n from 0 to 18, else -1.</summary>
    public int Decimals { get; }

    /// <exception cref="ArgumentOutOfRangeException">The factor is not a finite number above 0.</exception>
    public static UnitScale From(double factor)
    {
        if (!(factor > 0) || double.IsInfinity(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "a scale is a finite number above 0");
        double power = 1;
        for (int decimals = 0; decimals <= MostDecimals; decimals++, power *= 10)
        {
            if (factor == 1 / power) return new UnitScale(factor, decimals);
        }

        return new UnitScale(factor, -1);
    }

    /// <summary>The value in the exposed unit, rounded once.</summary>
    public double Apply(double value) => Decimals > 0 ? value / Math.Pow(10, Decimals) : value * Factor;

    public bool Equals(UnitScale other) => Factor.Equals(other.Factor);

    public override bool Equals(object? obj) => obj is UnitScale other && Equals(other);

    public override int GetHashCode() => Factor.GetHashCode();
}
