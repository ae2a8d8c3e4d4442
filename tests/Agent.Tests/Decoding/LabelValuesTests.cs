using System.Text;
using CsCheck;
using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding;

public sealed class LabelValuesTests
{
    [Fact]
    public void Clean_values_are_returned_as_they_are()
    {
        string[] values = ["sda", "", "größe"];

        Assert.Same(values, LabelValues.Clean(values, 16));
    }

    // No theory: an attribute's strings are UTF-8, in which a lone surrogate can't be written.
    [Fact]
    public void Lone_surrogates_are_replaced()
    {
        Assert.Equal("a\ufffdb", LabelValues.Clean("a\ud800b", 16));
        Assert.Equal("\ufffd", LabelValues.Clean("\udc00", 16));
        Assert.Equal("\ud83d\ude00\ufffd", LabelValues.Clean("\ud83d\ude00\ud83d", 16));
    }

    [Theory]
    [InlineData("abcdef", 3, "abc")]
    [InlineData("abcdef", 0, "")]
    [InlineData("aé", 2, "a")]
    [InlineData("aé", 3, "aé")]
    [InlineData("😀", 3, "")]
    [InlineData("😀😀", 7, "😀")]
    public void Long_values_are_cut_between_runes(string value, int maxBytes, string expected) =>
        Assert.Equal(expected, LabelValues.Clean(value, maxBytes));

    [Fact]
    public void Only_what_changes_is_replaced_in_a_list()
    {
        string[] values = ["sda", "\ud800"];

        Assert.Equal(["sda", "\ufffd"], LabelValues.Clean(values, 16));
        Assert.Equal("\ud800", values[1]);
    }

    [Fact]
    public void Any_text_becomes_valid_utf8_of_bounded_length() =>
        Gen.Select(Gen.Char.Array[0, 40], Gen.Int[0, 60]).Sample((chars, maxBytes) =>
        {
            var clean = LabelValues.Clean(new string(chars), maxBytes);
            var bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(clean);
            return bytes.Length <= maxBytes && LabelValues.Clean(clean, maxBytes) == clean;
        });
}
