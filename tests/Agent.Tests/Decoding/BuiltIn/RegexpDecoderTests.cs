using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary><c>regexp</c>: what it lets through, and what the text becomes.</summary>
public sealed class RegexpDecoderTests
{
    [Theory]
    [InlineData("systemd-journal", "systemd-journal", "^systemd-journal$", "^syslog-ng$")]
    [InlineData("syslog-ng", "syslog-ng", "^systemd-journal$", "^syslog-ng$")]
    [InlineData("systemd-bananad", null, "^systemd-journal$", "^syslog-ng$")]
    [InlineData("systemd-bananad", "systemd", "^(systemd).*$", "^syslog-ng$")]
    [InlineData("kworker/u4:2-events", "kworker", "^kworker")]
    [InlineData("kworker/u4:2-events", "kworker", "^(?P<name>[a-z]+)/")]
    [InlineData("kworker/u4:2-events", "u4", "^(?:kworker)/(?P<pool>[a-z0-9]+):(\\d+)")]
    [InlineData("b2", "2", "^(?:a(\\d)|b(\\d))$")]
    [InlineData("b", "b", "^(?:a(\\d)|b)$")]
    [InlineData("x", "", "^(y?)x$")]
    [InlineData("", "", "^$")]
    [InlineData("", null, ".")]
    public void The_first_group_that_took_part_or_the_whole_match_is_the_text(string text, string? expected, params string[] expressions) =>
        Assert.Equal(expected, Chain.Later(new DecoderSpec("regexp") { Items = expressions }, text));

    [Fact]
    public void It_wants_a_text() =>
        Assert.Contains("begin the chain with", Assert.Throws<DecodeException>(() => Chain.First(new DecoderSpec("regexp") { Items = ["a"] }, [1])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_bad_expression_is_refused_when_it_is_read() =>
        Assert.Equal("'a(b' is no regular expression of RE2: a parenthesis is not closed (at character 4)", Chain.Refusal(new DecoderSpec("regexp") { Items = ["a", "a(b"] }));
}
