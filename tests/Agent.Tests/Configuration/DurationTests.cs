using CsCheck;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0s", 0)]
    [InlineData("5s", 50_000_000)]
    [InlineData("500ms", 5_000_000)]
    [InlineData("1m30s", 900_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("1h5ms", 36_000_050_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("0.1us", 1)]
    [InlineData("90m", 54_000_000_000)]
    [InlineData("1h1m1s1ms1us", 36_610_010_010)]
    public void A_duration_is_read(string text, long ticks)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData(" 5s")]
    [InlineData("5s\n")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("1s1m")]
    [InlineData("1s1s")]
    [InlineData("1d")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1e3s")]
    [InlineData("0.01us")]
    [InlineData("٥s")]
    [InlineData("999999999999h")]
    [InlineData("9999999999999999999999999999999999s")]
    [InlineData("00:00:05")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(900_000_000, "1m30s")]
    [InlineData(36_000_000_000, "1h")]
    [InlineData(1, "0.1us")]
    [InlineData(36_000_000_021, "1h2.1us")]
    public void A_duration_is_written_in_its_largest_units(long ticks, string text) =>
        Assert.Equal(text, Duration.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void Every_duration_survives_writing_and_reading() =>
        Gen.Long[0, long.MaxValue].Select(Gen.Int[0, 62], (ticks, shift) => ticks >> shift).Sample(ticks =>
            Duration.TryParse(Duration.Format(TimeSpan.FromTicks(ticks)), out var value) && value.Ticks == ticks);

    [Fact]
    public void A_negative_duration_has_no_text() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Duration.Format(TimeSpan.FromTicks(-1)));
}
