namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Turns byte offsets of UTF-8 text into lines and columns. Offsets that ascend cost one pass over the text in total; an offset
/// that goes back begins again.
/// </summary>
internal sealed class TextCursor(byte[] utf8, string file)
{
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The place of a byte; the end of the text for what lies behind it.</summary>
    public JsonPosition At(long offset)
    {
        if (offset < _offset)
            (_offset, _line, _column) = (0, 1, 1);
        for (; _offset < offset && _offset < utf8.Length; _offset++)
            Step(utf8[_offset]);
        return new JsonPosition(file, _line, _column);
    }

    /// <summary>The place of a byte of a line, both from 0.</summary>
    public JsonPosition At(long line, long byteInLine)
    {
        int start = 0;
        for (; line > 0 && utf8.AsSpan(start).IndexOf((byte)'\n') is >= 0 and int length; line--)
            start += length + 1;
        return At(start + byteInLine);
    }

    private void Step(byte value)
    {
        if (value == '\n')
            (_line, _column) = (_line + 1, 1);
        else if (!IsContinuation(value))
            _column++;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
