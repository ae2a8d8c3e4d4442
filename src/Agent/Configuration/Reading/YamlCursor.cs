namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Turns indices of a text's UTF-16 units into lines and columns. Indices that ascend cost one pass over the text in total; one that goes back begins again. The library's own marks would
/// not do: they count a character beyond the basic plane twice, and U+2028 as a line's end.
/// </summary>
internal sealed class YamlCursor(string text, string file)
{
    private int _index;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The place of a unit; the end of the text for what lies behind it.</summary>
    public JsonPosition At(long index)
    {
        if (index < _index)
            (_index, _line, _column) = (0, 1, 1);
        for (; _index < index && _index < text.Length; _index++)
            Step(text[_index]);
        return new JsonPosition(file, _line, _column);
    }

    private void Step(char unit)
    {
        if (unit == '\n')
            (_line, _column) = (_line + 1, 1);
        else if (!char.IsLowSurrogate(unit))
            _column++;
    }
}
