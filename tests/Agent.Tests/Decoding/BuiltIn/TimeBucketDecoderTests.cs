using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

public sealed class TimeBucketDecoderTests
{
    [Theory]
    [InlineData("0", "100ns")]
    [InlineData("-1", "100ns")]
    [InlineData("100", "100ns")]
    [InlineData("101", "1.5us")]
    [InlineData("1500", "1.5us")]
    [InlineData("1501", "1ms")]
    [InlineData("1000000", "1ms")]
    [InlineData("1000001", "1s")]
    [InlineData("1000000000", "1s")]
    [InlineData("60000000000", "1m")]
    [InlineData("3600000000000", "1h")]
    [InlineData("3600000000001", ">1h")]
    [InlineData("18446744073709551615", ">1h")]
    public void A_number_of_nanoseconds_is_in_the_smallest_that_holds_it(string number, string text) =>
        Assert.Equal(text, Chain.Later(Buckets("100ns", "1.5us", "1ms", "1s", "1m", "1h"), number));

    [Fact]
    public void Bytes_are_a_number_too() => Assert.Equal("1\u00b5s", Chain.First(Buckets("1\u00b5s"), [0xe8, 0x03]));

    [Theory]
    [InlineData("fast")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1e3s")]
    [InlineData("1000001h")]
    public void What_is_no_duration_is_refused(string duration) => Assert.Equal($"'{duration}' is no duration; write 100us, 1.5ms, 1s, 5m or 2h", Chain.Refusal(Buckets(duration)));

    [Theory]
    [InlineData("1s", "1s")]
    [InlineData("1s", "1000ms")]
    [InlineData("2s", "1s")]
    public void Durations_ascend(string one, string next) => Assert.Equal($"time_buckets must ascend, and '{next}' follows '{one}'", Chain.Refusal(Buckets(one, next)));

    [Fact]
    public void There_is_at_least_one() => Assert.Equal("the decoder 'time_buckets' needs a list", Chain.Refusal(Buckets()));

    private static DecoderSpec Buckets(params string[] durations) => new("time_buckets") { Items = durations };
}
