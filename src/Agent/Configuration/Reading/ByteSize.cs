using System.Globalization;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Sizes in bytes: <c>64MiB</c>, <c>512KiB</c>, <c>4096B</c>. Whole numbers of B, KiB, MiB or GiB; <c>MB</c> is refused, since half of
/// its readers take it for 2^20 bytes.
/// </summary>
internal static class ByteSize
{
    private static readonly (string Unit, int Shift)[] Units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    /// <summary>Reads a size of at most 2^63 - 1 bytes.</summary>
    public static bool TryParse(string text, out long value)
    {
        value = 0;
        foreach (var (unit, shift) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            var digits = text.AsSpan(0, text.Length - unit.Length);
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue >> shift)
                return false;
            value = count << shift;
            return true;
        }
        return false;
    }

    /// <summary>The size in the largest unit that divides it.</summary>
    public static string Format(long value)
    {
        foreach (var (unit, shift) in Units)
        {
            if (value != 0 && value >> shift << shift == value)
                return $"{value >> shift}{unit}";
        }
        return "0B";
    }
}
