using System.Collections.Immutable;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>The smallest of some durations that holds a number of nanoseconds, as it was written; <c>&gt;1s</c> beyond the greatest.</summary>
internal sealed class TimeBucketStep : ILabelStep
{
    private static readonly (string Unit, decimal Nanoseconds)[] Units =
        [("ns", 1), ("us", 1_000), ("\u00b5s", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

    private readonly ImmutableArray<(decimal Nanoseconds, string Text)> _bounds;

    /// <param name="durations">Ascending.</param>
    /// <exception cref="FormatException">One is no duration, or they do not ascend.</exception>
    public TimeBucketStep(IReadOnlyList<string> durations)
    {
        _bounds = [.. durations.Select(static text => (Parse(text), text))];
        for (var i = 1; i < _bounds.Length; i++)
        {
            if (_bounds[i].Nanoseconds <= _bounds[i - 1].Nanoseconds)
                throw new FormatException($"time_buckets must ascend, and '{_bounds[i].Text}' follows '{_bounds[i - 1].Text}'");
        }
    }

    public string Decode(in LabelInput input)
    {
        var nanoseconds = StepNumber.Read(input);
        foreach (var (bound, text) in _bounds)
        {
            if (nanoseconds <= (Int128)decimal.Floor(bound))
                return text;
        }

        return ">" + _bounds[^1].Text;
    }

    private static decimal Parse(string text)
    {
        foreach (var (unit, nanoseconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number is >= 0 and <= 1_000_000)
                return number * nanoseconds;
        }

        throw new FormatException($"'{text}' is no duration; write 100us, 1.5ms, 1s, 5m or 2h");
    }
}
