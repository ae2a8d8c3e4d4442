using System.Buffers;
using System.Globalization;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>
/// Numbers and booleans as ebpf_exporter's YAML library takes them: integers may be <c>0x1f</c>, <c>0o17</c>, <c>017</c> or <c>0b11</c>, and underscores between digits are left out.
/// </summary>
internal static class YamlNumber
{
    /// <summary>Up to here each whole number is a double of its own.</summary>
    public const long LargestExact = 1L << 53;

    private const NumberStyles FloatStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<char> FloatCharacters = SearchValues.Create("0123456789+-.eE");

    /// <summary>A whole number, which may be written as <c>26.0</c> or <c>1e3</c>. What has a fraction is refused, where that library cuts it off.</summary>
    public static bool TryInteger(string text, out long value)
    {
        string plain = WithoutUnderscores(text);
        if (TryDigits(plain, out value))
            return true;
        if (!TryFloat(plain, out double number) || double.Truncate(number) != number || Math.Abs(number) > LargestExact)
            return false;
        value = (long)number;
        return true;
    }

    /// <summary>A number that is not infinite, integers among them.</summary>
    public static bool TryFinite(string text, out double value)
    {
        string plain = WithoutUnderscores(text);
        if (TryDigits(plain, out long integer))
        {
            value = integer;
            return true;
        }
        return TryFloat(plain, out value) && double.IsFinite(value);
    }

    /// <summary>YAML 1.1's words, which that library takes where a boolean is asked for.</summary>
    public static bool TryBoolean(string text, out bool value)
    {
        value = text is "true" or "True" or "TRUE" or "y" or "Y" or "yes" or "Yes" or "YES" or "on" or "On" or "ON";
        return value || text is "false" or "False" or "FALSE" or "n" or "N" or "no" or "No" or "NO" or "off" or "Off" or "OFF";
    }

    private static bool TryDigits(string text, out long value)
    {
        value = 0;
        var rest = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        (int radix, int prefix) = rest switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        foreach (char digit in rest[prefix..])
        {
            int weight = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (weight >= radix || value > (long.MaxValue - weight) / radix)
                return false;
            value = (value * radix) + weight;
        }
        value = text.StartsWith('-') ? -value : value;
        return rest.Length > prefix;
    }

    private static bool TryFloat(string text, out double value)
    {
        value = 0;
        return !text.AsSpan().ContainsAnyExcept(FloatCharacters) && double.TryParse(text, FloatStyle, CultureInfo.InvariantCulture, out value);
    }

    private static string WithoutUnderscores(string text) => text.StartsWith('_') ? text : text.Replace("_", "", StringComparison.Ordinal);
}
