namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>Classes of characters that have names. All but Unicode's categories are of ASCII in RE2; <c>\s</c> lacks the vertical tab.</summary>
internal static class Re2ClassNames
{
    private static readonly HashSet<string> Categories = new(
        "Cc Cf Co L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".Split(' '), StringComparer.Ordinal);

    /// <summary>For the letter of an escape its ranges, as pairs of characters.</summary>
    public static (char Escape, string Ranges)[] Perl { get; } = [('d', "09"), ('s', "\t\n\f\r  "), ('w', "09AZ__az")];

    /// <summary>The ranges of <c>[:name:]</c>, or null.</summary>
    public static string? Posix(string name) => name switch
    {
        "alnum" => "09AZaz",
        "alpha" => "AZaz",
        "ascii" => "\0\u007f",
        "blank" => "\t\t  ",
        "cntrl" => "\0\u001f\u007f\u007f",
        "digit" => "09",
        "graph" => "!~",
        "lower" => "az",
        "print" => " ~",
        "punct" => "!/:@[`{~",
        "space" => "\t\r  ",
        "upper" => "AZ",
        "word" => "09AZ__az",
        "xdigit" => "09AFaf",
        _ => null,
    };

    /// <summary>Whether it is a general category. Without <c>C</c>, which holds characters not yet assigned in .NET and not in RE2, and <c>Cs</c>, which no text can have.</summary>
    public static bool IsCategory(string name) => Categories.Contains(name);
}
