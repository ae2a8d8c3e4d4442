using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class FamilyExpiryTests : FamilyTest
{
    private static readonly SeriesLimits Unchanged = Limits() with { ExpireUnchanged = TimeSpan.FromMinutes(10) };

    [Fact]
    public void A_series_without_keys_expires_after_its_time_and_goes_on_when_it_returns()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        Poll(family, (2, [0, 6, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(4.9));
        Poll(family, (2, [0, 6, 0, 0]));
        Assert.Equal("1:5 2:6", Counts(family));
        Time.Advance(TimeSpan.FromMinutes(1));
        Poll(family, (2, [0, 6, 0, 0]));
        Assert.Equal("2:6", Counts(family));
        Poll(family, (1, [0, 3, 0, 0]), (2, [0, 6, 0, 0]));
        Assert.Equal("1:8 2:6", Counts(family));
    }

    [Fact]
    public void A_series_with_keys_does_not_expire_by_default()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromDays(400));
        Poll(family, (1, [0, 5, 0, 0]));
        Assert.Equal("1:5", Counts(family));
    }

    [Fact]
    public void Nothing_expires_where_nothing_shall()
    {
        CumulativeFamily family = Family(ByNumber(), Limits() with { ExpireGone = null });
        Poll(family, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromDays(400));
        Poll(family);
        Time.Advance(TimeSpan.FromDays(400));
        Poll(family);
        Assert.Equal("1:5", Counts(family));
    }

    [Fact]
    public void A_series_that_does_not_change_rests_undecoded_until_it_does()
    {
        StubDecoder decoder = ByNumber();
        CumulativeFamily family = Family(decoder, Unchanged);
        for (ulong minute = 0; minute < 30; minute++)
        {
            Poll(family, (1, [0, 5, 0, 0]), (2, [0, minute, 0, 0]));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("2:29", Counts(family));
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 30, 0, 0]));
        Assert.Equal("1:6 2:30", Counts(family));
        Assert.Equal(2, decoder.Calls);
    }

    [Fact]
    public void A_series_changes_with_any_of_its_keys()
    {
        CumulativeFamily family = Family(All("x"), Unchanged);
        for (ulong minute = 0; minute < 30; minute++)
        {
            Poll(family, (1, [0, 5, 0, 0]), (2, [0, minute, 0, 0]));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("x:34", Counts(family));
    }

    [Fact]
    public void A_change_of_the_sum_alone_is_none_of_a_count_but_is_a_change()
    {
        CumulativeFamily family = Family(ByNumber(), Unchanged);
        for (ulong minute = 0; minute < 30; minute++)
        {
            Poll(family, (1, [minute, 5, 0, 0]));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal("1:5", Counts(family));
    }

    [Fact]
    public void A_resting_series_whose_key_leaves_the_map_is_remembered()
    {
        CumulativeFamily family = Family(ByNumber(), Unchanged);
        Poll(family, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(11));
        Poll(family, (1, [0, 5, 0, 0]));
        Assert.Empty(Exposed(family));
        Poll(family);
        Assert.Equal(1, family.Remembered.Count);
        Poll(family, (1, [0, 2, 0, 0]));
        Assert.Equal("1:7", Counts(family));
    }

    [Fact]
    public void A_resting_key_that_is_taken_over_goes_on_resting()
    {
        CumulativeFamily old = Family(ByNumber(), Unchanged);
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(11));
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, new StubDecoder(static key => [key == 1 ? "1" : "two"], "key"), Unchanged);
        Poll(family, (1, [0, 5, 0, 0]), (2, [0, 5, 0, 0]));
        Assert.Empty(Exposed(family));
        Assert.Equal(["key=\"2\""], family.Remembered.OldestFirst.Select(static entry => entry.Labels));
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 7, 0, 0]));
        Assert.Equal("1:6 two:2", Counts(family));
    }

    [Fact]
    public void One_that_was_exposed_under_another_name_does_not_rest_because_another_has_its_place()
    {
        CumulativeFamily old = Family(ByNumber(), Unchanged);
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(11));
        Poll(old, (1, [0, 6, 0, 0]), (2, [0, 5, 0, 0]));
        Assert.Equal("1:6", Counts(old));
        CumulativeFamily family = TakenOver(old, sameMap: true, new StubDecoder(static key => [$"x{key}"], "key"), Unchanged);
        Poll(family, (2, [0, 5, 0, 0]), (1, [0, 6, 0, 0]));
        Assert.Equal("x1:0", Counts(family));
    }

    [Fact]
    public void A_resting_series_that_finds_no_room_is_counted_in_other_from_then_on()
    {
        CumulativeFamily family = Family(ByNumber(), Unchanged with { MaxSeries = 1 });
        Poll(family, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(11));
        Poll(family, (1, [0, 5, 0, 0]));
        Poll(family, (1, [0, 5, 0, 0]), (2, [0, 7, 0, 0]));
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 7, 0, 0]));
        Assert.Equal("2:7 other:1", Counts(family));
        Assert.Equal(5UL, family.Remembered.Forgotten);
        Assert.Equal(1, family.Drops[DropReason.SeriesLimit]);
    }

    [Fact]
    public void No_more_are_remembered_than_there_may_be_series_and_the_oldest_goes_first()
    {
        CumulativeFamily family = Family(ByNumber(), Limits(2));
        for (byte key = 1; key <= 4; key++)
        {
            Poll(family, (key, [0, key, 0, 0]));
            Poll(family);
            Time.Advance(TimeSpan.FromMinutes(6));
            Poll(family);
        }

        Assert.Equal(["key=\"3\"", "key=\"4\""], family.Remembered.OldestFirst.Select(static entry => entry.Labels));
        Assert.Equal(3UL, family.Remembered.Forgotten);
        Poll(family, (1, [0, 10, 0, 0]));
        Assert.Equal("1:10", Counts(family));
    }

    [Fact]
    public void The_room_of_an_expired_series_is_had_by_the_next_and_the_others_keep_their_place()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]), (3, [0, 3, 0, 0]));
        Poll(family, (1, [0, 1, 0, 0]), (3, [0, 3, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family, (1, [0, 1, 0, 0]), (3, [0, 3, 0, 0]), (4, [0, 4, 0, 0]));
        Assert.Equal(["key=\"1\"", "key=\"4\"", "key=\"3\""], Exposed(family).Keys);
    }
}
