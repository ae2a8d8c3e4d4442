using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class FamilyOverflowTests : FamilyTest
{
    [Fact]
    public void What_is_above_the_limit_is_counted_in_one_more_series()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => [$"{key}", "x"], "key", "b"), Limits(1));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]), (3, [0, 3, 0, 0]));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 4, 0, 0]), (3, [0, 3, 0, 0]));
        Assert.Equal(2, family.Series.Count);
        Assert.Equal([0, 7, 0, 0], Exposed(family)["key=\"other\",b=\"other\""]);
        Assert.Equal(2, family.Drops[DropReason.SeriesLimit]);
        Assert.Equal(0UL, family.Drops.Observations(DropReason.SeriesLimit));
        Assert.Equal("test_seconds has 1 series, its limit, and {key=\"3\",b=\"x\"} would be one more and is counted in {key=\"other\",b=\"other\"}; raise limits.maxSeries, or let fewer label values through", family.Drops.LastMessage);
    }

    [Fact]
    public void A_decoders_own_other_is_that_series_too_and_takes_no_room()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => [key == 1 ? "other" : $"{key}"], "key"), Limits(1));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]), (3, [0, 4, 0, 0]));
        Assert.Equal("2:2 other:5", Counts(family));
        Assert.Equal(1, family.Drops[DropReason.SeriesLimit]);
    }

    [Fact]
    public void A_family_without_labels_always_has_room()
    {
        CumulativeFamily family = Family(new StubDecoder(static _ => []), Limits(0));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        Assert.Equal([0, 3, 0, 0], Exposed(family)[""]);
    }

    [Theory]
    [InlineData(false, "3:1 other:6")]
    [InlineData(true, "3:1")]
    public void A_label_set_that_found_no_room_once_stays_without(bool drop, string counts)
    {
        SeriesLimits limits = Limits(1) with { Overflow = drop ? Overflow.Drop : Overflow.Other };
        CumulativeFamily family = Family(ByNumber(), limits);
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        Poll(family);
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family);
        Poll(family, (2, [0, 3, 0, 0]));
        CumulativeFamily next = TakenOver(family, sameMap: true, ByNumber(), limits);
        Poll(next, (2, [0, 4, 0, 0]), (3, [0, 1, 0, 0]));
        Assert.Equal(counts, Counts(next));
    }

    [Fact]
    public void Other_does_not_expire()
    {
        CumulativeFamily family = Family(ByNumber(), Limits(1) with { ExpireUnchanged = TimeSpan.FromMinutes(1) });
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        Time.Advance(TimeSpan.FromHours(1));
        Poll(family, (2, [0, 2, 0, 0]));
        Time.Advance(TimeSpan.FromHours(1));
        Poll(family);
        Assert.Equal("other:2", Counts(family));
    }

    [Fact]
    public void When_no_more_can_be_noted_no_new_label_set_gets_a_series()
    {
        var labels = new LabelSets(["key"], 4, Limits(2), Time) { Overflowed = new OverflowedLabels(capacity: 1) };
        int first = labels.Join("key=\"1\"", atRest: false, 0, out _);
        labels.Join("key=\"2\"", atRest: false, 0, out _);
        labels.Join("key=\"3\"", atRest: false, 0, out bool overflowed);
        Assert.True(overflowed);
        labels.Retire(first);
        labels.Join("key=\"4\"", atRest: false, 0, out overflowed);
        Assert.True(overflowed);
        labels.Join("key=\"1\"", atRest: false, 0, out overflowed);
        Assert.False(overflowed);
    }
}
