using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration;

public sealed class DidYouMeanTests
{
    [Theory]
    [InlineData("intervall", "interval")]
    [InlineData("intrval", "interval")]
    [InlineData("inetrval", "interval")]
    [InlineData("INTERVAL", "interval")]
    [InlineData("enable", "enabled")]
    [InlineData("disabled", null)]
    [InlineData("mp", "map")]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("period", null)]
    [InlineData("nap", "map")]
    public void The_nearest_key_is_found(string written, string? expected) =>
        Assert.Equal(expected, DidYouMean.Find(written, ["enabled", "interval", "limits", "map"]));

    [Fact]
    public void The_nearer_of_two_wins() => Assert.Equal("scripts", DidYouMean.Find("scrips", ["strips!", "scripts"]));
}
