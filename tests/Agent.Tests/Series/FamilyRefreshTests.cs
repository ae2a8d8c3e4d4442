using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

/// <summary>Labels that come from the host: asked for again each minute, while totals go on.</summary>
public sealed class FamilyRefreshTests : FamilyTest
{
    private string _name = "eth0";

    [Fact]
    public void A_key_that_is_called_otherwise_counts_on_under_its_new_name()
    {
        CumulativeFamily family = Family(FromHost());
        Poll(family, (1, [0, 5, 0, 0]));
        _name = "lan0";
        Poll(family, (1, [0, 6, 0, 0]));
        Assert.Equal("eth0:6", Counts(family));
        Time.Advance(TimeSpan.FromMinutes(1));
        Poll(family, (1, [0, 8, 0, 0]));
        Assert.Equal("lan0:2", Counts(family));
        _name = "eth0";
        Time.Advance(TimeSpan.FromMinutes(1));
        Poll(family, (1, [0, 9, 0, 0]));
        Assert.Equal("eth0:7", Counts(family));
    }

    [Fact]
    public void A_name_that_stays_is_asked_for_and_changes_nothing()
    {
        StubDecoder decoder = FromHost();
        CumulativeFamily family = Family(decoder);
        Poll(family, (1, [0, 5, 0, 0]));
        for (int i = 0; i < 5; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            Poll(family, (1, [0, 6 + (ulong)i, 0, 0]));
        }

        Assert.Equal("eth0:10", Counts(family));
        Assert.Equal(6, decoder.Calls);
    }

    [Fact]
    public void A_poll_that_fails_between_loses_nothing()
    {
        CumulativeFamily family = Family(FromHost());
        Poll(family, (1, [0, 5, 0, 0]), (2, [0, 1, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(1));
        Stage(family, (1, [0, 6, 0, 0]));
        Poll(family, (1, [0, 7, 0, 0]), (2, [0, 1, 0, 0]));
        Assert.Equal("eth0:8", Counts(family));
    }

    [Fact]
    public void A_key_that_is_gone_at_the_refresh_leaves_its_series_until_it_expires()
    {
        CumulativeFamily family = Family(FromHost());
        Poll(family, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(1));
        Poll(family);
        Assert.Equal("eth0:5", Counts(family));
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family);
        Assert.Equal("", Counts(family));
    }

    [Fact]
    public void What_depends_on_the_key_alone_is_decoded_once()
    {
        StubDecoder decoder = ByNumber();
        CumulativeFamily family = Family(decoder);
        for (int i = 0; i < 5; i++)
        {
            Poll(family, (1, [0, 5, 0, 0]));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, decoder.Calls);
    }

    private StubDecoder FromHost() => new(_ => [_name], "key") { MayGoStale = true };
}
