using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class CumulativeFamilyTests : FamilyTest
{
    [Fact]
    public void Counts_of_a_key_become_its_series()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [100, 1, 2, 3]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal("key=\"1\""u8, family.Series.Labels(0));
        Assert.Equal([100, 1, 2, 3], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_key_is_decoded_once()
    {
        StubDecoder decoder = ByNumber();
        CumulativeFamily family = Family(decoder);
        for (ulong i = 1; i < 10; i++) Poll(family, (1, [i, i, 0, 0]), (2, [i, 0, i, 0]));
        Assert.Equal(2, decoder.Calls);
        Assert.Equal([9, 9, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void Keys_with_equal_labels_are_summed()
    {
        CumulativeFamily family = Family(new StubDecoder(static _ => ["same"], "key"));
        Poll(family, (1, [10, 1, 0, 0]), (2, [20, 0, 2, 0]));
        Poll(family, (1, [11, 2, 0, 0]), (2, [25, 0, 2, 1]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal([36, 2, 2, 1], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void Labels_that_only_look_alike_when_joined_stay_apart()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => key == 1 ? ["1", "11"] : ["11", "1"], "a", "b"));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        Assert.Equal(2, family.Series.Count);
        Assert.Equal(1UL, family.Series.Totals(0)[1]);
        Assert.Equal(2UL, family.Series.Totals(1)[1]);
    }

    [Fact]
    public void A_quote_in_a_value_can_not_forge_another_label_set()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => key == 1 ? ["x\",b=\"y", "z"] : ["x", "y\",b=\"z"], "a", "b"));
        Poll(family, (1, [0, 1, 0, 0]), (2, [0, 2, 0, 0]));
        Assert.Equal(2, family.Series.Count);
    }

    [Fact]
    public void A_key_that_leaves_the_map_leaves_its_counts_behind()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [5, 5, 0, 0]));
        Poll(family);
        Assert.Equal(0, family.Keys);
        Assert.Equal([5, 5, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_key_that_comes_back_continues_its_total()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [5, 5, 0, 0]));
        Poll(family);
        Poll(family, (1, [7, 7, 0, 0]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal([12, 12, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void An_entry_that_was_deleted_and_made_anew_between_two_polls_counts_on()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [50, 5, 4, 0]));
        Poll(family, (1, [30, 1, 6, 0]));
        Assert.Equal([80, 6, 10, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_sum_that_wraps_around_is_no_new_entry()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [ulong.MaxValue, 1, 0, 0]));
        Poll(family, (1, [4, 2, 0, 0]));
        Assert.Equal([4, 2, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_poll_that_is_not_committed_changes_nothing()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [5, 5, 0, 0]));
        Stage(family, (1, [9, 9, 0, 0]), (2, [1, 1, 0, 0]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal([5, 5, 0, 0], family.Series.Totals(0).ToArray());
        Poll(family, (1, [10, 10, 0, 0]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal([10, 10, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_key_that_is_read_twice_in_one_poll_is_counted_once()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [5, 5, 0, 0]), (1, [6, 6, 0, 0]));
        Assert.Equal([6, 6, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_key_that_the_decoder_leaves_out_has_no_series_and_is_not_asked_for_again()
    {
        var decoder = new StubDecoder(static key => key == 1 ? null : ["kept"], "key");
        CumulativeFamily family = Family(decoder);
        Poll(family, (1, [5, 5, 0, 0]), (2, [1, 1, 0, 0]));
        Poll(family, (1, [5, 5, 0, 0]), (2, [1, 1, 0, 0]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal(1, family.Drops[DropReason.Filtered]);
        Assert.Null(family.Drops.LastMessage);
        Assert.Equal(2, decoder.Calls);
    }

    [Fact]
    public void A_key_whose_decoder_throws_costs_itself_only()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => key == 1 ? throw new InvalidOperationException("boom") : ["ok"], "key"));
        Poll(family, (1, [5, 5, 0, 0]), (2, [1, 1, 0, 0]));
        Assert.Equal(1, family.Series.Count);
        Assert.Equal(1, family.Drops[DropReason.DecodeFailed]);
        Assert.Equal("boom", family.Drops.LastMessage);
    }

    [Fact]
    public void A_key_that_could_not_be_decoded_is_tried_again_and_loses_nothing()
    {
        bool broken = true;
        var decoder = new StubDecoder(_ => broken ? throw new TimeoutException("slow") : ["ok"], "key");
        CumulativeFamily family = Family(decoder);
        for (ulong i = 1; i <= 5; i++) Poll(family, (1, [i, i, 0, 0]));
        Assert.Equal(1, decoder.Calls);
        broken = false;
        for (ulong i = 6; i <= 20; i++) Poll(family, (1, [i, i, 0, 0]));
        Assert.Equal(2, decoder.Calls);
        Assert.Equal([20, 20, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void Where_each_bucket_is_an_entry_one_that_is_deleted_counts_no_other_twice()
    {
        CumulativeFamily family = Family(ByNumber(), hasSum: false);
        Poll(family, (1, [0, 100, 1000, 0]));
        Poll(family, (1, [0, 0, 1001, 0]));
        Poll(family, (1, [0, 2, 1002, 0]));
        Assert.Equal([0, 102, 1002, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void A_series_above_the_limit_is_left_out_and_counted()
    {
        CumulativeFamily family = Family(ByNumber(), Limits(2) with { Overflow = Overflow.Drop });
        Poll(family, (1, [1, 1, 0, 0]), (2, [1, 1, 0, 0]), (3, [1, 1, 0, 0]), (4, [1, 1, 0, 0]));
        Assert.Equal(2, family.Series.Count);
        Assert.Equal(2, family.Drops[DropReason.SeriesLimit]);
        Assert.Equal("test_seconds has 2 series, its limit, and {key=\"4\"} would be one more; raise limits.maxSeries, or let fewer label values through", family.Drops.LastMessage);
    }

    [Fact]
    public void A_label_value_above_the_limit_is_cut()
    {
        CumulativeFamily family = Family(new StubDecoder(static _ => [new string('x', 1000)], "key"));
        Poll(family, (1, [1, 1, 0, 0]));
        Assert.Equal(64 + "key=\"\"".Length, family.Series.Labels(0).Length);
    }

    [Fact]
    public void What_left_out_keys_count_is_counted_by_reason()
    {
        CumulativeFamily family = Family(new StubDecoder(static key => key == 1 ? null : [$"{key}"], "key"), Limits(1) with { Overflow = Overflow.Drop });
        Poll(family, (1, [9, 1, 2, 0]), (2, [1, 1, 0, 0]), (3, [1, 4, 0, 0]));
        Poll(family, (1, [9, 1, 2, 5]), (2, [1, 2, 0, 0]), (3, [1, 4, 1, 0]));
        Assert.Equal(8UL, family.Drops.Observations(DropReason.Filtered));
        Assert.Equal(5UL, family.Drops.Observations(DropReason.SeriesLimit));
        Assert.Equal(0UL, family.Drops.Observations(DropReason.DecodeFailed));
    }

    [Fact]
    public void What_a_key_has_counted_that_can_not_be_decoded_is_lost_when_it_leaves_the_map()
    {
        CumulativeFamily family = Family(new StubDecoder(static _ => throw new TimeoutException("slow"), "key"));
        Poll(family, (1, [9, 3, 0, 0]));
        Poll(family, (1, [9, 0, 1, 0]));
        Assert.Equal(0UL, family.Drops.Observations(DropReason.DecodeFailed));
        Poll(family);
        Assert.Equal(4UL, family.Drops.Observations(DropReason.DecodeFailed));
    }

    [Fact]
    public void An_entry_that_is_made_anew_while_its_key_can_not_be_decoded_loses_nothing()
    {
        bool broken = true;
        CumulativeFamily family = Family(new StubDecoder(_ => broken ? throw new TimeoutException("slow") : ["ok"], "key"));
        Poll(family, (1, [7, 7, 0, 0]));
        for (int i = 0; i < 12; i++) Poll(family, (1, [2, 2, 0, 0]));
        broken = false;
        for (int i = 0; i < 12; i++) Poll(family, (1, [3, 3, 0, 0]));
        Assert.Equal([10, 10, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData((1UL << 53) - 1)]
    [InlineData(1UL << 53)]
    [InlineData((1UL << 63) - 1)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void A_sum_is_kept_modulo_2_to_the_64(ulong sum)
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [sum, 1, 0, 0]));
        Poll(family, (1, [unchecked(sum + 10), 2, 0, 0]));
        Assert.Equal([unchecked(sum + 10), 2, 0, 0], family.Series.Totals(0).ToArray());
    }

    [Fact]
    public void Any_key_of_the_last_kept_poll_can_be_had()
    {
        CumulativeFamily family = Family(ByNumber());
        Assert.False(family.TryCopyAnyKey(out _));
        Stage(family, (1, [0, 1, 0, 0]));
        Assert.False(family.TryCopyAnyKey(out _));
        Poll(family, (7, [0, 1, 0, 0]));
        Assert.True(family.TryCopyAnyKey(out byte[] key));
        Assert.Equal([7], key);
        Poll(family);
        Assert.False(family.TryCopyAnyKey(out _));
    }

    [Fact]
    public void Steady_polls_of_many_keys_allocate_nothing()
    {
        var decoder = new StubDecoder(static key => key % 8 == 0 ? null : key % 8 == 1 ? throw new TimeoutException("slow") : [$"{key}"], "key");
        CumulativeFamily family = Family(decoder, Limits(100) with { ExpireUnchanged = TimeSpan.FromMinutes(1) });
        (byte, ulong[])[] entries = [.. Enumerable.Range(0, 200).Select(static i => ((byte)i, new ulong[] { 1, 1, 0, 0 }))];
        void Grow(int polls)
        {
            for (int i = 0; i < polls; i++)
            {
                foreach ((_, ulong[] words) in entries) words[1]++;
                Time.Advance(TimeSpan.FromSeconds(10));
                Poll(family, entries);
            }
        }

        // Of twelve polls, one tries again what could not be decoded.
        Grow(14);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Grow(8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
