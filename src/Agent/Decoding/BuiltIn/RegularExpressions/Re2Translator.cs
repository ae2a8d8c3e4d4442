using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>
/// RE2's syntax (<c>github.com/google/re2/wiki/Syntax</c>, as Go's <c>regexp</c> reads it) into .NET's, character by character. Names of groups are left out, since .NET would
/// number named groups after the others. A character beyond U+FFFF is two to .NET: whatever may match one is written so that it takes both halves or none.
/// </summary>
internal ref struct Re2Translator
{
    // Go's own limit; it bounds the depth of .NET's tree as well.
    private const int MaxDepth = 1000;
    private const string AnyPair = "[\\ud800-\\udbff][\\udc00-\\udfff]";

    private readonly StringBuilder _output = new();
    private readonly Stack<Flags> _outer = new();
    private Re2Cursor _input;
    private Flags _flags;
    private Re2Caution _caution;
    private int _groups;
    private bool _hasThirdForm;

    private Re2Translator(string pattern) => _input = new Re2Cursor(pattern);

    private readonly record struct Flags(bool MultiLine, bool DotAll);

    public static (string Pattern, int Groups, Re2Caution Caution) Translate(string pattern)
    {
        var translator = new Re2Translator(pattern);
        while (!translator._input.AtEnd)
            translator.Next();
        if (translator._outer.Count > 0)
            throw translator._input.Refuse("a parenthesis is not closed");
        if (translator._hasThirdForm && translator._caution.HasFlag(Re2Caution.IgnoreCase))
            throw translator._input.Refuse("(?i) is not supported beside a letter that has more than two forms");
        return (translator._output.ToString(), translator._groups, translator._caution);
    }

    private void Next()
    {
        switch (_input.Peek)
        {
            case '(':
                Open();
                break;
            case ')':
                Close();
                break;
            case '[':
                Class(Re2Class.Read(ref _input));
                break;
            case '\\':
                Escape();
                break;
            case '.':
                _input.Take();
                _output.Append(_flags.DotAll ? $"(?:{AnyPair}|[^\\ud800-\\udfff])" : $"(?:{AnyPair}|[^\\n\\ud800-\\udfff])");
                break;
            case '^' or '$':
                Anchor(_input.Take());
                break;
            case '|' or '*' or '+' or '?':
                _output.Append(_input.Take());
                break;
            case '{' when _input.TryTakeRepetition(out var repetition):
                _output.Append(repetition);
                break;
            default:
                Literal(_input.TakeRune());
                break;
        }
    }

    /// <summary>.NET's <c>$</c> matches before a last line end as well.</summary>
    private readonly void Anchor(char anchor) => _output.Append(_flags.MultiLine ? $"(?m:{anchor})" : anchor == '^' ? "\\A" : "\\z");

    private void Open()
    {
        _input.Take();
        if (_outer.Count == MaxDepth)
            throw _input.Refuse($"it is nested more than {MaxDepth} deep");
        if (!_input.TryTake("?"))
        {
            Group("(", _flags);
            _groups++;
        }
        else if (_input.TryTake("P<") || (!_input.StartsWith("<=") && !_input.StartsWith("<!") && _input.TryTake("<")))
        {
            _input.SkipGroupName();
            Group("(", _flags);
            _groups++;
        }
        else
            FlagsOrGroup();
    }

    private void FlagsOrGroup()
    {
        if (_input.StartsWith("=") || _input.StartsWith("!") || _input.StartsWith("<"))
            throw _input.Refuse("looking ahead or behind takes more than linear time, and RE2 has neither");
        if (_input.StartsWith("P=") || _input.StartsWith("P>"))
            throw _input.Refuse("references to groups take more than linear time, and RE2 has none");
        var (flags, ignoreCase) = ReadFlags();
        var caseFlag = ignoreCase switch { true => "(?i", false => "(?-i", null => "(?" };
        if (_input.TryTake(":"))
            Group(caseFlag + ":", flags);
        else if (_input.TryTake(")"))
        {
            _flags = flags;
            _output.Append(ignoreCase is null ? "" : caseFlag + ")");
        }
        else
            throw _input.Refuse("the parenthesis after '(?' is none that RE2 knows");
    }

    private (Flags Flags, bool? IgnoreCase) ReadFlags()
    {
        var (flags, on) = (_flags, true);
        bool? ignoreCase = null;
        for (; !_input.AtEnd && (char.IsAsciiLetter(_input.Peek) || _input.Peek == '-'); _input.Take())
        {
            switch (_input.Peek)
            {
                case '-' when on:
                    on = false;
                    break;
                case 'i':
                    ignoreCase = on;
                    _caution |= on ? Re2Caution.IgnoreCase : Re2Caution.None;
                    break;
                case 'm':
                    flags = flags with { MultiLine = on };
                    break;
                case 's':
                    flags = flags with { DotAll = on };
                    break;
                case 'U':
                    throw _input.Refuse("the flag U is not supported: write x*? where few are to match");
                default:
                    throw _input.Refuse($"RE2 has no flag '{_input.Peek}'");
            }
        }

        return (flags, ignoreCase);
    }

    private void Group(string opening, Flags inner)
    {
        _outer.Push(_flags);
        _flags = inner;
        _output.Append(opening);
    }

    private void Close()
    {
        if (!_outer.TryPop(out _flags))
            throw _input.Refuse("a parenthesis is closed that was not opened");
        _output.Append(_input.Take());
    }

    private void Escape()
    {
        if (_input.TryTake("\\Q"))
        {
            while (!_input.AtEnd && !_input.TryTake("\\E"))
                Literal(_input.TakeRune());
        }
        else if (_input.TryTake("\\A") || _input.TryTake("\\z"))
            _output.Append('\\').Append(_input.Previous);
        else if (_input.TryTake("\\b") || _input.TryTake("\\B"))
        {
            _caution |= Re2Caution.WordBoundary;
            _output.Append('\\').Append(_input.Previous);
        }
        else if (Re2Class.TryReadEscape(ref _input) is { } set)
            Class(set);
        else
            Literal(_input.TakeEscape());
    }

    private void Class(Re2Class set)
    {
        if (set.HasProperty)
            _caution |= Re2Caution.Property;
        _hasThirdForm |= set.HasThirdForm;
        _output.Append(set.HasPairs ? $"(?:{AnyPair}|{set.Pattern})" : set.Pattern);
    }

    private void Literal(Rune rune)
    {
        if (rune.IsBmp)
        {
            _hasThirdForm |= Re2Folding.Differs((char)rune.Value);
            Re2Class.Append(_output, rune.Value);
        }
        else
            _output.Append(CultureInfo.InvariantCulture, $"(?:{rune})");
    }
}
