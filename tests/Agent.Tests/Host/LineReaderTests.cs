using System.Text;
using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

public sealed class LineReaderTests
{
    private const int Buffer = 1 << 16;

    [Theory]
    [InlineData("")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a", "b")]
    [InlineData("\n\na\n", "", "", "a")]
    [InlineData("a\r\n", "a\r")]
    public void Lines_end_with_a_newline_or_the_file(string text, params string[] lines) => Assert.Equal(lines, Read(text));

    [Theory]
    [InlineData(Buffer - 1, true)]
    [InlineData(Buffer, false)]
    [InlineData(Buffer + 1, false)]
    [InlineData(Buffer * 3, false)]
    public void A_line_longer_than_the_buffer_is_left_out(int length, bool isRead)
    {
        string line = new('x', length);
        string[] expected = isRead ? ["before", line, "after"] : ["before", "after"];

        Assert.Equal(expected, Read($"before\n{line}\nafter\n"));
    }

    [Fact]
    public void A_long_line_at_the_end_is_left_out() => Assert.Equal(["a"], Read($"a\n{new string('x', Buffer + 10)}"));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4, "one")]
    [InlineData(6, "one")]
    [InlineData(8, "one", "two")]
    [InlineData(100, "one", "two", "six")]
    public void What_the_limit_cuts_is_no_line(long limit, params string[] lines) => Assert.Equal(lines, Read("one\ntwo\nsix", limit));

    [Fact]
    public void Lines_across_many_buffers_are_whole()
    {
        string[] lines = [.. Enumerable.Range(0, 50_000).Select(static i => new string((char)('a' + (i % 26)), i % 37))];

        Assert.Equal(lines, Read(string.Join('\n', lines) + "\n"));
    }

    private static List<string> Read(string text, long limit = long.MaxValue)
    {
        var reader = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), limit);
        var lines = new List<string>();
        while (reader.TryRead(out ReadOnlySpan<byte> line)) lines.Add(Encoding.UTF8.GetString(line));
        return lines;
    }
}
