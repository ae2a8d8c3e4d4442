using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>Reads an expression from left to right.</summary>
internal struct Re2Cursor(string pattern)
{
    private const int MaxRepetition = 1000;

    private int _at;

    public readonly bool AtEnd => _at >= pattern.Length;

    public readonly char Peek => pattern[_at];

    /// <summary>What was taken last.</summary>
    public readonly char Previous => pattern[_at - 1];

    public readonly FormatException Refuse(string reason) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{pattern}' is no regular expression of RE2: {reason} (at character {Math.Min(_at, pattern.Length) + 1})"));

    public readonly bool StartsWith(string text) => pattern.AsSpan(_at).StartsWith(text);

    public char Take() => AtEnd ? throw Refuse("it ends too early") : pattern[_at++];

    public bool TryTake(string text)
    {
        if (!StartsWith(text))
            return false;
        _at += text.Length;
        return true;
    }

    public Rune TakeRune()
    {
        if (AtEnd)
            throw Refuse("it ends too early");
        if (!Rune.TryGetRuneAt(pattern, _at, out var rune))
            throw Refuse("it has half of a surrogate pair");
        _at += rune.Utf16SequenceLength;
        return rune;
    }

    /// <summary>The text up to a character, which is taken as well.</summary>
    public ReadOnlySpan<char> TakeUntil(char end)
    {
        var length = pattern.AsSpan(_at).IndexOf(end);
        if (length < 0)
            throw Refuse($"a '{end}' is missing");
        var text = pattern.AsSpan(_at, length);
        _at += length + 1;
        return text;
    }

    public void SkipGroupName()
    {
        var name = TakeUntil('>');
        var isName = !name.IsEmpty;
        foreach (var c in name)
            isName &= char.IsAsciiLetterOrDigit(c) || c == '_';
        if (!isName)
            throw Refuse("a group's name is made of letters, digits and underscores");
    }

    /// <summary>The name in <c>[:name:]</c>; a bracket that begins no such thing stands for itself.</summary>
    public bool TryTakePosixName(out string name)
    {
        name = "";
        var length = StartsWith("[:") ? pattern.AsSpan(_at + 2).IndexOf(":]") : -1;
        if (length < 0)
            return false;
        name = pattern.Substring(_at + 2, length);
        _at += length + 4;
        return true;
    }

    /// <summary><c>{2}</c>, <c>{2,}</c>, <c>{2,3}</c>; a brace that begins no such thing stands for itself.</summary>
    public bool TryTakeRepetition(out string repetition)
    {
        repetition = "";
        var length = pattern.AsSpan(_at).IndexOf('}') + 1;
        if (length < 3)
            return false;
        var inner = pattern.AsSpan(_at + 1, length - 2);
        var comma = inner.IndexOf(',');
        var minimum = comma < 0 ? inner : inner[..comma];
        if (minimum.IsEmpty || minimum.ContainsAnyExceptInRange('0', '9') || (comma >= 0 && inner[(comma + 1)..].ContainsAnyExceptInRange('0', '9')))
            return false;
        if (IsTooMany(minimum) || (comma >= 0 && IsTooMany(inner[(comma + 1)..])))
            throw Refuse($"a repetition's count is above {MaxRepetition}");
        repetition = pattern.Substring(_at, length);
        _at += length;
        return true;
    }

    /// <summary>An escape that stands for one character; the backslash is next.</summary>
    public Rune TakeEscape()
    {
        Take();
        var escape = Take();
        return escape switch
        {
            'a' => new Rune('\a'),
            'f' => new Rune('\f'),
            't' => new Rune('\t'),
            'n' => new Rune('\n'),
            'r' => new Rune('\r'),
            'v' => new Rune('\v'),
            'x' => TryTake("{") ? Scalar(TakeUntil('}')) : Scalar([Take(), Take()]),
            '0' => Octal(0),
            >= '1' and <= '7' when !AtEnd && Peek is >= '0' and <= '7' => Octal(escape - '0'),
            >= '1' and <= '9' => throw Refuse("references to groups take more than linear time, and RE2 has none"),
            _ when char.IsAscii(escape) && !char.IsAsciiLetterOrDigit(escape) => new Rune(escape),
            _ => throw Refuse($"RE2 has no escape '\\{escape}'"),
        };
    }

    private static bool IsTooMany(ReadOnlySpan<char> digits) =>
        !digits.IsEmpty && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MaxRepetition);

    private Rune Octal(int value)
    {
        for (var digits = 1; digits < 3 && !AtEnd && Peek is >= '0' and <= '7'; digits++)
            value = (value * 8) + (Take() - '0');
        return new Rune(value);
    }

    private readonly Rune Scalar(ReadOnlySpan<char> hex) =>
        int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && Rune.IsValid(value)
            ? new Rune(value)
            : throw Refuse($"'{hex}' is no character's number in hexadecimal");
}
