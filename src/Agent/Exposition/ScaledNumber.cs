using System.Buffers.Text;
using System.Globalization;
using EbpfAgent.Folding;

namespace EbpfAgent.Exposition;

/// <summary>A sum in its exposed unit. Where the factor is a power of ten it is written digit by digit, exact to the last.</summary>
internal static class ScaledNumber
{
    /// <summary>The most bytes that a number needs.</summary>
    public const int Room = 40;

    private static readonly ulong[] PowersOfTen = [.. Enumerable.Range(0, 19).Select(static n => (ulong)Math.Pow(10, n))];

    /// <summary>Writes the number and returns its length.</summary>
    public static int Write(ulong value, UnitScale scale, Span<byte> to)
    {
        if (scale.Decimals < 0) return Write(scale.Apply(value), to);
        ulong unit = PowersOfTen[scale.Decimals];
        (ulong whole, ulong fraction) = Math.DivRem(value, unit);
        Utf8Formatter.TryFormat(whole, to, out int length);
        return fraction == 0 ? length : length + WriteFraction(fraction, scale.Decimals, to[length..]);
    }

    /// <summary>Writes a number with the fewest digits that give it again, and returns its length.</summary>
    public static int Write(double value, Span<byte> to)
    {
        // .NET's words for these are not Prometheus'.
        ReadOnlySpan<byte> word = double.IsNaN(value) ? "NaN"u8 : double.IsPositiveInfinity(value) ? "+Inf"u8 : double.IsNegativeInfinity(value) ? "-Inf"u8 : default;
        word.CopyTo(to);
        return word.IsEmpty && value.TryFormat(to, out int length, provider: CultureInfo.InvariantCulture) ? length : word.Length;
    }

    private static int WriteFraction(ulong fraction, int decimals, Span<byte> to)
    {
        to[0] = (byte)'.';
        for (int i = decimals; i > 0; i--)
        {
            (fraction, ulong digit) = Math.DivRem(fraction, 10);
            to[i] = (byte)('0' + digit);
        }

        return to[..(decimals + 1)].TrimEnd((byte)'0').Length;
    }
}
