using System.Globalization;

namespace EbpfAgent.Exposition;

/// <summary>
/// Numbers as Prometheus' own Go library writes them: the shortest digits that give the same double again, in scientific form below
/// 10^-4 and from 10^6 up. The text matters, since <c>le</c> is a label, and labels are compared as text.
/// </summary>
internal static class GoNumber
{
    private const int LeastPlainExponent = -4;
    private const int LeastScientificExponent = 6;

    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        if (value == 0) return "0";
        (string digits, int exponent) = Shortest(Math.Abs(value));
        string text = exponent is < LeastPlainExponent or >= LeastScientificExponent ? Scientific(digits, exponent) : Plain(digits, exponent);
        return value < 0 ? "-" + text : text;
    }

    // The significant digits without leading or trailing zeros, and the power of ten of the first one.
    private static (string Digits, int Exponent) Shortest(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int power = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int integerDigits = point < 0 ? mantissa.Length : point;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        int zeros = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), power + integerDigits - zeros - 1);
    }

    private static string Scientific(string digits, int exponent)
    {
        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits.AsSpan(1)}";
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        string padded = digits.PadRight(exponent + 1, '0');
        return padded.Length == exponent + 1 ? padded : $"{padded.AsSpan(0, exponent + 1)}.{padded.AsSpan(exponent + 1)}";
    }
}
