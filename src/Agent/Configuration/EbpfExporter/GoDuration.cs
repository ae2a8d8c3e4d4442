using System.Buffers;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Durations as Go's <c>time.ParseDuration</c> takes them (<c>1m30s</c>, <c>-1.5h</c>, <c>10ns</c>). Only whether one is legal: none has an effect here.</summary>
internal static class GoDuration
{
    private static readonly string[] Units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static bool IsLegal(string text)
    {
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        if (rest is "0")
            return true;
        do
        {
            if (!TrySkipNumber(ref rest) || !TrySkipUnit(ref rest))
                return false;
        }
        while (!rest.IsEmpty);
        return true;
    }

    private static bool TrySkipNumber(ref ReadOnlySpan<char> rest)
    {
        int whole = DigitsAtStart(rest);
        bool hasPoint = whole < rest.Length && rest[whole] == '.';
        int fraction = hasPoint ? DigitsAtStart(rest[(whole + 1)..]) : 0;
        rest = rest[(whole + fraction + (hasPoint ? 1 : 0))..];
        return whole + fraction > 0;
    }

    private static bool TrySkipUnit(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(NumberCharacters);
        string unit = rest[..(end < 0 ? rest.Length : end)].ToString();
        rest = rest[unit.Length..];
        return Units.Contains(unit, StringComparer.Ordinal);
    }

    private static int DigitsAtStart(ReadOnlySpan<char> text)
    {
        int other = text.IndexOfAnyExceptInRange('0', '9');
        return other < 0 ? text.Length : other;
    }
}
