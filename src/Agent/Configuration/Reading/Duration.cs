using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Durations as Go and Prometheus write them: <c>5s</c>, <c>500ms</c>, <c>1m30s</c>, <c>1.5h</c>. Units (h, m, s, ms, us) descend, each at
/// most once. A number without a unit is refused: seconds to one reader are milliseconds to the next.
/// </summary>
internal static partial class Duration
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>Reads a duration that is a whole number of 100 ns; nothing is rounded.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        var match = text.Length == 0 ? Match.Empty : Grammar().Match(text);
        if (!match.Success)
            return false;
        decimal ticks = 0;
        foreach (var (unit, perUnit) in Units)
        {
            var number = match.Groups[unit];
            if (number.Success)
                ticks += perUnit * decimal.Parse(number.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        }
        if (ticks > TimeSpan.MaxValue.Ticks || ticks != decimal.Truncate(ticks))
            return false;
        value = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads back as the same value, which is not negative.</summary>
    public static string Format(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        if (value == TimeSpan.Zero)
            return "0s";
        var text = new StringBuilder();
        long rest = value.Ticks;
        foreach (var (unit, ticks) in Units)
        {
            if (rest >= ticks)
                text.Append(rest / ticks).Append(unit);
            rest %= ticks;
        }
        // What is left is below a microsecond; to the last unit's number it is a decimal.
        return rest == 0 ? text.ToString() : WithTenths(text, value.Ticks / TimeSpan.TicksPerMicrosecond % 1000, rest);
    }

    private static string WithTenths(StringBuilder text, long microseconds, long tenths)
    {
        if (microseconds > 0)
            text.Length -= $"{microseconds}us".Length;
        return text.Append(microseconds).Append('.').Append(tenths).Append("us").ToString();
    }

    // The digits are bounded so that a decimal can hold the product with any unit.
    [GeneratedRegex(
        @"\A((?<h>[0-9]{1,12}(\.[0-9]{1,9})?)h)?((?<m>[0-9]{1,12}(\.[0-9]{1,9})?)m)?((?<s>[0-9]{1,12}(\.[0-9]{1,9})?)s)?"
        + @"((?<ms>[0-9]{1,12}(\.[0-9]{1,9})?)ms)?((?<us>[0-9]{1,12}(\.[0-9]{1,9})?)us)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
