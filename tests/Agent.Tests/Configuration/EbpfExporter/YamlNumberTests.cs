using EbpfAgent.Configuration.EbpfExporter;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

public sealed class YamlNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("26", 26)]
    [InlineData("+26", 26)]
    [InlineData("-3", -3)]
    [InlineData("0x1F", 31)]
    [InlineData("-0x10", -16)]
    [InlineData("0b101", 5)]
    [InlineData("0o17", 15)]
    [InlineData("017", 15)]
    [InlineData("08", 8)]
    [InlineData("1_000", 1000)]
    [InlineData("26.0", 26)]
    [InlineData("26.", 26)]
    [InlineData("1e3", 1000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775807", -long.MaxValue)]
    public void An_integer(string text, long expected)
    {
        Assert.True(YamlNumber.TryInteger(text, out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("x")]
    [InlineData("0x")]
    [InlineData("0b2")]
    [InlineData("0o8")]
    [InlineData("0xg")]
    [InlineData("26.5")]
    [InlineData("1e-1")]
    [InlineData("1e30")]
    [InlineData("9223372036854775808")]
    [InlineData(".inf")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("_1")]
    [InlineData("1 ")]
    [InlineData("١")]
    [InlineData("1,000")]
    public void What_is_no_integer(string text) => Assert.False(YamlNumber.TryInteger(text, out _));

    [Theory]
    [InlineData("0.000001", 0.000001)]
    [InlineData("1e-9", 1e-9)]
    [InlineData(".5", 0.5)]
    [InlineData("1_0.5", 10.5)]
    [InlineData("0x10", 16)]
    [InlineData("-2", -2)]
    [InlineData("9223372036854775808", 9223372036854775808d)]
    public void A_number(string text, double expected)
    {
        Assert.True(YamlNumber.TryFinite(text, out double value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData(".inf")]
    [InlineData(".nan")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1.2.3")]
    [InlineData(".")]
    [InlineData("e")]
    [InlineData("")]
    public void What_is_no_number(string text) => Assert.False(YamlNumber.TryFinite(text, out _));

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("on", true)]
    [InlineData("y", true)]
    [InlineData("FALSE", false)]
    [InlineData("no", false)]
    [InlineData("Off", false)]
    [InlineData("N", false)]
    public void A_boolean(string text, bool expected)
    {
        Assert.True(YamlNumber.TryBoolean(text, out bool value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("tRUE")]
    [InlineData("")]
    [InlineData("yess")]
    public void What_is_no_boolean(string text) => Assert.False(YamlNumber.TryBoolean(text, out _));

    [Theory]
    [InlineData("10s")]
    [InlineData("1h30m")]
    [InlineData("1.5h")]
    [InlineData("-5ms")]
    [InlineData(".5s")]
    [InlineData("1.s")]
    [InlineData("10ns")]
    [InlineData("3µs")]
    [InlineData("3μs")]
    [InlineData("0")]
    public void A_duration_as_Go_writes_it(string text) => Assert.True(GoDuration.IsLegal(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("1d")]
    [InlineData(".s")]
    [InlineData("1h30")]
    [InlineData("-")]
    public void What_is_no_duration(string text) => Assert.False(GoDuration.IsLegal(text));
}
