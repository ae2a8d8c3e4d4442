using System.Text;
using System.Text.RegularExpressions;

namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>
/// A regular expression in RE2's syntax and with its meaning, matched in time linear in the text's length. What .NET would read otherwise is translated; what neither can be translated nor matched in
/// linear time is refused. Immutable; any thread may call it.
/// </summary>
internal sealed class Re2
{
    // An expression in a manifest is a line; the automaton of a longer one could take seconds to build.
    private const int MaxLength = 4096;

    private readonly Regex _regex;
    private readonly Re2Caution _caution;

    /// <exception cref="FormatException">It is no expression of RE2, or asks for more than can be matched in linear time; the message says what, and where.</exception>
    public Re2(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new FormatException($"a regular expression of {pattern.Length} characters is too long; {MaxLength} is the most");
        var translated = Re2Translator.Translate(pattern);
        _caution = translated.Caution;
        Groups = translated.Groups;
        _regex = Compile(pattern, translated.Pattern);
    }

    /// <summary>How many groups capture.</summary>
    public int Groups { get; }

    public bool IsMatch(string text) => _regex.IsMatch(Checked(text));

    /// <summary>The leftmost match; its groups are numbered in the order of their parentheses, named ones too.</summary>
    /// <exception cref="DecodeException">The text has characters on which .NET and RE2 differ in what this expression asks.</exception>
    public Match Match(string text) => _regex.Match(Checked(text));

    private static Regex Compile(string pattern, string translated)
    {
        try
        {
            return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is RegexParseException or NotSupportedException)
        {
            var reason = exception is RegexParseException parse ? parse.Error.ToString() : "its automaton would be too large";
            throw new FormatException($"'{pattern}' is no regular expression that can be matched in linear time: {reason}", exception);
        }
    }

    private string Checked(string text)
    {
        if (_caution.HasFlag(Re2Caution.WordBoundary) && !Ascii.IsValid(text))
            throw new DecodeException($"\\b and \\B are for ASCII, and \"{text}\" is more than that");
        if (_caution.HasFlag(Re2Caution.IgnoreCase) && Re2Folding.Differs(text))
            throw new DecodeException($"(?i) is for letters of two forms, and \"{text}\" has one of three");
        return _caution.HasFlag(Re2Caution.Property) && text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0
            ? throw new DecodeException($"\\p is for characters up to U+FFFF, and \"{text}\" has others")
            : text;
    }
}

/// <summary>What an expression asks that .NET answers like RE2 for some texts only.</summary>
[Flags]
internal enum Re2Caution
{
    None = 0,

    /// <summary><c>\b</c> goes by ASCII in RE2, by Unicode in .NET.</summary>
    WordBoundary = 1,

    /// <summary><c>\p</c> sees UTF-16's halves in .NET.</summary>
    Property = 2,

    /// <summary><c>(?i)</c> knows fewer forms of some letters in .NET.</summary>
    IgnoreCase = 4,
}
