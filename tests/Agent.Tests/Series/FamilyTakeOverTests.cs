using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class FamilyTakeOverTests : FamilyTest
{
    [Fact]
    public void In_the_same_map_nothing_is_counted_twice()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, ByNumber());
        Assert.Equal("1:5", Counts(family));
        Poll(family, (1, [13, 7, 0, 0]));
        Assert.Equal([13, 7, 0, 0], Exposed(family)["key=\"1\""]);
    }

    [Fact]
    public void What_the_same_map_holds_is_not_counted_again_where_it_is_read_otherwise()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily next = Family(ByNumber(), reading: "another field");
        next.TakeOver(old, sameMap: true);
        // Replaced before its first poll: that of the one after it is the baseline then.
        CumulativeFamily family = Family(ByNumber(), reading: "another field");
        family.TakeOver(next, sameMap: true);
        Poll(family, (1, [400, 200, 0, 0]), (2, [0, 7, 0, 0]));
        Assert.Equal("1:5 2:0", Counts(family));
        Poll(family, (1, [403, 203, 0, 0]), (2, [0, 9, 0, 0]), (3, [0, 1, 0, 0]));
        Assert.Equal("1:8 2:2 3:1", Counts(family));
        Assert.Equal([13, 8, 0, 0], Exposed(family)["key=\"1\""]);
    }

    [Fact]
    public void A_new_map_that_is_read_otherwise_is_counted_from_its_beginning()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily family = Family(ByNumber(), reading: "another field");
        family.TakeOver(old, sameMap: false);
        Poll(family, (1, [0, 2, 0, 0]));
        Assert.Equal("1:7", Counts(family));
    }

    [Fact]
    public void Each_key_is_decoded_anew_and_once()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        StubDecoder decoder = ByNumber();
        CumulativeFamily family = TakenOver(old, sameMap: true, decoder);
        Assert.Equal(0, decoder.Calls);
        for (int i = 0; i < 3; i++) Poll(family, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        Assert.Equal(2, decoder.Calls);
    }

    [Fact]
    public void A_poll_that_fails_right_after_changes_nothing()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        StubDecoder decoder = ByParity();
        CumulativeFamily family = TakenOver(old, sameMap: true, decoder);
        Stage(family, (1, [0, 9, 0, 0]));
        Assert.Equal("1:5 2:6", Counts(family));
        Poll(family, (1, [0, 9, 0, 0]), (2, [0, 7, 0, 0]));
        Assert.Equal("even:1 odd:4", Counts(family));
        Assert.Equal(2, decoder.Calls);
    }

    [Fact]
    public void A_new_label_set_begins_at_0_and_one_that_no_key_has_any_more_ends()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, All("new"));
        Poll(family, (1, [0, 8, 0, 0]));
        Assert.Equal("new:3", Counts(family));
    }

    [Fact]
    public void A_label_set_that_ended_goes_on_when_its_labels_come_back()
    {
        CumulativeFamily first = Family(ByNumber());
        Poll(first, (1, [0, 5, 0, 0]));
        CumulativeFamily second = TakenOver(first, sameMap: true, All("new"));
        Poll(second, (1, [0, 8, 0, 0]));
        CumulativeFamily third = TakenOver(second, sameMap: true, ByNumber());
        Poll(third, (1, [0, 10, 0, 0]));
        Assert.Equal("1:7", Counts(third));
    }

    [Fact]
    public void Merged_label_sets_go_on_from_the_one_that_stays()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 100, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, All("1"));
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 102, 0, 0]));
        Assert.Equal("1:8", Counts(family));
    }

    [Fact]
    public void A_split_label_set_goes_on_with_the_key_that_keeps_it()
    {
        CumulativeFamily old = Family(All("1"));
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 100, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, ByNumber());
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 102, 0, 0]));
        Assert.Equal("1:106 2:2", Counts(family));
    }

    [Fact]
    public void New_label_sets_have_the_room_of_those_that_end()
    {
        CumulativeFamily old = Family(ByNumber(), Limits(2));
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, new StubDecoder(static key => [$"x{key}"], "key"), Limits(2));
        Poll(family, (1, [0, 6, 0, 0]), (2, [0, 8, 0, 0]));
        Assert.Equal("x1:1 x2:2", Counts(family));
    }

    [Fact]
    public void What_is_above_a_lowered_limit_stays()
    {
        CumulativeFamily old = Family(ByNumber(), Limits(3));
        Poll(old, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, ByNumber(), Limits(1));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 3, 0, 0]), (3, [0, 9, 0, 0]));
        Assert.Equal("1:1 2:3 other:9", Counts(family));
    }

    [Fact]
    public void A_series_whose_key_has_left_stays_until_it_expires()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        Poll(old, (2, [0, 6, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, ByNumber());
        Poll(family);
        Assert.Equal("1:5 2:6", Counts(family));
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family);
        Assert.Empty(Exposed(family));
    }

    [Fact]
    public void A_key_that_can_not_be_decoded_gains_from_what_it_had_when_it_was_taken_over()
    {
        bool broken = false;
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]));
        broken = true;
        CumulativeFamily family = TakenOver(old, sameMap: true, new StubDecoder(key => broken ? throw new TimeoutException("slow") : [$"{key}"], "key"));
        Poll(family, (1, [0, 7, 0, 0]));
        Assert.Equal("1:5", Counts(family));
        broken = false;
        for (int i = 0; i < 13; i++) Poll(family, (1, [0, 8, 0, 0]));
        Assert.Equal("1:8", Counts(family));
    }

    [Fact]
    public void What_waited_for_the_old_decoder_is_counted_by_the_new_one()
    {
        CumulativeFamily old = Family(new StubDecoder(static _ => throw new TimeoutException("slow"), "key"));
        Poll(old, (1, [0, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, ByNumber());
        Poll(family, (1, [0, 6, 0, 0]));
        Assert.Equal("1:6", Counts(family));
    }

    [Fact]
    public void In_a_new_map_all_totals_go_on_and_expire_as_ever()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [10, 5, 0, 0]), (2, [20, 6, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: false, ByNumber());
        Poll(family, (1, [1, 2, 0, 0]));
        Assert.Equal("1:7 2:6", Counts(family));
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family, (1, [1, 2, 0, 0]));
        Assert.Equal("1:7", Counts(family));
    }

    [Theory]
    [InlineData(true, "1:2")]
    [InlineData(false, "1:7")]
    public void Under_other_label_names_no_label_set_goes_on(bool sameMap, string counts)
    {
        CumulativeFamily old = Family(new StubDecoder(static key => [$"{key}"], "number"));
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap, ByNumber());
        Assert.Empty(Exposed(family));
        Poll(family, (1, [10, 7, 0, 0]));
        Assert.Equal(counts, Counts(family));
        Assert.Equal(0UL, family.Remembered.Forgotten);
    }

    [Theory]
    [InlineData(true, "1:6")]
    [InlineData(false, "1:13")]
    public void A_version_that_has_the_old_label_names_again_goes_on_from_there(bool sameMap, string counts)
    {
        CumulativeFamily first = Family(ByNumber());
        Poll(first, (1, [10, 5, 0, 0]));
        CumulativeFamily second = TakenOver(first, sameMap, new StubDecoder(static key => [$"{key}"], "number"));
        Poll(second, (1, [10, 7, 0, 0]));
        CumulativeFamily third = TakenOver(second, sameMap, ByNumber());
        Poll(third, (1, [10, 8, 0, 0]));
        // What was counted under other names stays there.
        Assert.Equal(counts, Counts(third));
    }

    [Fact]
    public void Buckets_of_another_scheme_keep_every_common_bound()
    {
        CumulativeFamily old = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 2, 4, 8], UnitScale.One));
        Poll(old, (1, [100, 1, 10, 100, 1000, 10000]));
        CumulativeFamily family = Family(ByNumber(), scheme: BucketScheme.Explicit([2, 3, 8, 16], UnitScale.One));
        family.TakeOver(old, sameMap: false);
        Assert.Equal([100, 11, 0, 1100, 0, 10000], Exposed(family)["key=\"1\""]);
    }

    [Fact]
    public void What_counts_up_in_the_agents_own_metrics_goes_on()
    {
        CumulativeFamily old = Family(new StubDecoder(key => Slow(key), "key"), Limits(1));
        Poll(old, (1, [0, 5, 0, 0]), (2, [0, 5, 0, 0]), (3, [0, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, new StubDecoder(static key => key == 1 ? null : [$"{key}"], "key"), Limits(1));
        Poll(family, (1, [0, 7, 0, 0]), (2, [0, 5, 0, 0]), (3, [0, 5, 0, 0]));
        Assert.Equal(TimeSpan.FromSeconds(3), family.DecodingTime);
        Assert.Equal(1, family.Drops[DropReason.Filtered]);
        Assert.Equal(7UL, family.Drops.Observations(DropReason.Filtered));
        Assert.Equal(1, family.Drops[DropReason.SeriesLimit]);
    }

    [Fact]
    public void The_same_map_can_not_have_other_buckets()
    {
        CumulativeFamily old = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 2], UnitScale.One));
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily family = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 3], UnitScale.One));
        var refused = Assert.Throws<ArgumentException>(() => family.TakeOver(old, sameMap: true));
        Assert.StartsWith("test_seconds can't have the map of its former version, which had other buckets", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, old.Keys);
    }

    [Fact]
    public void Another_unit_of_the_same_map_keeps_what_was_counted()
    {
        CumulativeFamily old = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 2], UnitScale.One));
        Poll(old, (1, [10, 5, 0, 0]));
        CumulativeFamily family = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 2], UnitScale.Nanoseconds));
        family.TakeOver(old, sameMap: true);
        Poll(family, (1, [11, 6, 0, 0]));
        Assert.Equal([11, 6, 0, 0], Exposed(family)["key=\"1\""]);
    }

    [Fact]
    public void The_old_series_stay_as_they_were_for_whoever_still_reads_them()
    {
        CumulativeFamily old = Family(ByNumber());
        Poll(old, (1, [0, 5, 0, 0]));
        CumulativeFamily family = TakenOver(old, sameMap: true, All("new"));
        Poll(family, (1, [0, 9, 0, 0]));
        Assert.Equal("1:5", Counts(old));
    }

    [Fact]
    public void A_family_that_counts_already_takes_nothing_over()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [0, 5, 0, 0]));
        Assert.Throws<InvalidOperationException>(() => family.TakeOver(Family(ByNumber()), sameMap: true));
    }

    private string[]? Slow(byte key)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return key == 1 ? null : [$"{key}"];
    }
}
