using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>A class of characters, <c>[a-z\d[:punct:]\pL]</c>, as .NET is to read it. Halves of surrogate pairs are in none.</summary>
internal sealed class Re2Class
{
    private const int Last = 0x10ffff;
    private const int LastOfPlane0 = 0xffff;

    private readonly StringBuilder _items = new();
    private bool _isNegated;
    private bool _hasPairs;

    private Re2Class()
    {
    }

    public bool HasProperty { get; private set; }

    /// <summary>Whether a letter is named in it, beyond being within a range, that has more than two forms.</summary>
    public bool HasThirdForm { get; private set; }

    /// <summary>Whether every character beyond U+FFFF is in it; else none is.</summary>
    public bool HasPairs => _hasPairs != _isNegated;

    /// <summary>What it is up to U+FFFF. A class of .NET can't be empty, but for what is subtracted.</summary>
    public string Pattern => $"[{(_isNegated ? "^" : "")}{(_items.Length == 0 ? "\\ud800" : _items)}-[\\ud800-\\udfff]]";

    /// <summary>A class in brackets, of which the first is next.</summary>
    public static Re2Class Read(ref Re2Cursor input)
    {
        var set = new Re2Class();
        input.Take();
        set._isNegated = input.TryTake("^");
        for (var isFirst = true; isFirst || !input.StartsWith("]"); isFirst = false)
            set.AddItem(ref input);
        input.Take();
        return set;
    }

    /// <summary><c>\d</c>, <c>\pL</c> and their kin outside brackets; null for any other escape, which is left where it is.</summary>
    public static Re2Class? TryReadEscape(ref Re2Cursor input)
    {
        var set = new Re2Class();
        return set.TryAddEscape(ref input) ? set : null;
    }

    /// <summary>A character up to U+FFFF as .NET takes it anywhere.</summary>
    public static void Append(StringBuilder output, int value)
    {
        if (value < 0x80 && char.IsAsciiLetterOrDigit((char)value))
            output.Append((char)value);
        else
            output.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}");
    }

    private void AddItem(ref Re2Cursor input)
    {
        if (input.TryTakePosixName(out var name))
        {
            var isNegated = name.StartsWith('^');
            var ranges = Re2ClassNames.Posix(isNegated ? name[1..] : name) ?? throw input.Refuse($"there is no class '[:{name}:]'");
            AddRanges(ranges, isNegated);
        }
        else if (!TryAddEscape(ref input))
            AddRange(ref input);
    }

    private void AddRange(ref Re2Cursor input)
    {
        var low = Character(ref input).Value;
        var high = low;
        if (input.StartsWith("-") && !input.StartsWith("-]"))
        {
            input.Take();
            high = Character(ref input).Value;
        }

        if (high < low)
            throw input.Refuse("a range runs backwards");
        if (high > LastOfPlane0 && (high < Last || low > LastOfPlane0 + 1))
            throw input.Refuse("a class can hold all of the characters above U+FFFF, or none");
        HasThirdForm |= low <= LastOfPlane0 && Re2Folding.Differs((char)low);
        Add(low, high);
    }

    private static Rune Character(ref Re2Cursor input) => input.StartsWith("\\") ? input.TakeEscape() : input.TakeRune();

    private bool TryAddEscape(ref Re2Cursor input)
    {
        if (input.StartsWith("\\p") || input.StartsWith("\\P"))
        {
            AddProperty(ref input);
            return true;
        }

        foreach (var (escape, ranges) in Re2ClassNames.Perl)
        {
            if (input.TryTake($"\\{escape}") || input.TryTake($"\\{char.ToUpperInvariant(escape)}"))
            {
                AddRanges(ranges, char.IsUpper(input.Previous));
                return true;
            }
        }

        return false;
    }

    private void AddProperty(ref Re2Cursor input)
    {
        input.Take();
        var isNegated = input.Take() == 'P';
        var name = input.TryTake("{") ? input.TakeUntil('}').ToString() : input.TakeRune().ToString();
        if (name.StartsWith('^'))
            (isNegated, name) = (!isNegated, name[1..]);
        if (!Re2ClassNames.IsCategory(name))
            throw input.Refuse($"'\\p{{{name}}}' is not supported; general categories such as \\pL and \\p{{Lu}} are");
        HasProperty = true;
        _items.Append(isNegated ? "\\P{" : "\\p{").Append(name).Append('}');
    }

    /// <param name="ranges">Pairs of ASCII characters, ascending.</param>
    /// <param name="isNegated">Whether all others are meant.</param>
    private void AddRanges(string ranges, bool isNegated)
    {
        var next = 0;
        for (var i = 0; i < ranges.Length; i += 2)
        {
            if (!isNegated)
                Add(ranges[i], ranges[i + 1]);
            else if (ranges[i] > next)
                Add(next, ranges[i] - 1);
            next = ranges[i + 1] + 1;
        }

        if (isNegated)
            Add(next, Last);
    }

    private void Add(int low, int high)
    {
        _hasPairs |= high == Last;
        if (low > LastOfPlane0)
            return;
        Append(_items, low);
        _items.Append('-');
        Append(_items, Math.Min(high, LastOfPlane0));
    }
}
