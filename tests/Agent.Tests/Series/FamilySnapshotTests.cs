using System.Buffers.Binary;
using System.Security.Cryptography;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class FamilySnapshotTests : FamilyTest
{
    [Fact]
    public void A_restored_family_counts_on_against_the_same_map()
    {
        CumulativeFamily family = Restored(Write(Counted()), ByNumber());
        Assert.Equal("1:5 2:6", Counts(family));
        Poll(family, (1, [11, 7, 0, 0]), (2, [20, 6, 0, 0]), (3, [1, 9, 0, 0]));
        Assert.Equal("1:7 2:6 3:9", Counts(family));
        Assert.Equal([11, 7, 0, 0], Exposed(family)["key=\"1\""]);
    }

    [Fact]
    public void What_expired_overflowed_or_waited_is_restored_too()
    {
        StubDecoder decoder = new(static key => key == 9 ? throw new TimeoutException("slow") : key == 8 ? null : [$"{key}"], "key");
        CumulativeFamily old = Family(decoder, Limits(1));
        Poll(old, (1, [0, 5, 0, 0]));
        Poll(old);
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(old, (2, [0, 1, 0, 0]), (3, [0, 2, 0, 0]), (8, [0, 4, 0, 0]), (9, [0, 8, 0, 0]));
        Poll(old, (3, [0, 2, 0, 0]), (8, [0, 4, 0, 0]), (9, [0, 8, 0, 0]));
        CumulativeFamily family = Restored(Write(old), ByNumber(), Limits(1));
        Assert.Equal(1, family.Drops[DropReason.Filtered]);
        Assert.Equal(4UL, family.Drops.Observations(DropReason.Filtered));
        Assert.Equal(1, family.Drops[DropReason.SeriesLimit]);
        Poll(family, (3, [0, 3, 0, 0]));
        Assert.Equal("2:1 other:3", Counts(family));
        Assert.Equal(8UL, family.Drops.Observations(DropReason.DecodeFailed));
        Time.Advance(TimeSpan.FromMinutes(6));
        Poll(family, (2, [0, 1, 0, 0]), (3, [0, 3, 0, 0]));
        Assert.Equal("2:2 other:3", Counts(family));
    }

    [Fact]
    public void What_is_resting_goes_on_resting()
    {
        SeriesLimits limits = Limits() with { ExpireUnchanged = TimeSpan.FromMinutes(1) };
        CumulativeFamily old = Family(ByNumber(), limits);
        Poll(old, (1, [0, 5, 0, 0]));
        Time.Advance(TimeSpan.FromMinutes(2));
        Poll(old, (1, [0, 5, 0, 0]));
        CumulativeFamily family = Restored(Write(old), ByNumber(), limits);
        Poll(family, (1, [0, 5, 0, 0]));
        Assert.Empty(Exposed(family));
        Poll(family, (1, [0, 6, 0, 0]));
        Assert.Equal("1:6", Counts(family));
    }

    [Fact]
    public void A_snapshot_between_a_take_over_and_its_first_poll_is_as_good()
    {
        CumulativeFamily between = TakenOver(Counted(), sameMap: true, All("x"));
        CumulativeFamily family = Restored(Write(between), ByNumber());
        Poll(family, (1, [11, 7, 0, 0]), (2, [20, 6, 0, 0]));
        Assert.Equal("1:7 2:6", Counts(family));
        CumulativeFamily renamed = Restored(Write(TakenOver(Counted(), sameMap: true, ByNumber())), All("x"));
        Poll(renamed, (1, [11, 7, 0, 0]), (2, [20, 6, 0, 0]));
        Assert.Equal("x:2", Counts(renamed));
    }

    [Fact]
    public void Growth_and_new_keys_need_no_snapshot()
    {
        CumulativeFamily family = Counted();
        Assert.False(family.NeedsSnapshot);
        Poll(family, (1, [12, 6, 1, 0]), (2, [20, 6, 0, 0]), (3, [0, 1, 0, 0]));
        Assert.False(family.NeedsSnapshot);
    }

    [Fact]
    public void A_key_that_left_needs_one_and_writing_it_is_enough()
    {
        CumulativeFamily family = Counted();
        Poll(family, (1, [10, 5, 0, 0]));
        Assert.True(family.NeedsSnapshot);
        Write(family);
        Assert.False(family.NeedsSnapshot);
        Poll(family, (1, [10, 5, 0, 0]));
        Assert.False(family.NeedsSnapshot);
        family.SnapshotIsLost();
        Assert.True(family.NeedsSnapshot);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_entry_that_was_made_anew_needs_one(bool hasSum)
    {
        CumulativeFamily family = Family(ByNumber(), hasSum: hasSum);
        Poll(family, (1, [0, 5, 1, 0]));
        Poll(family, (1, [0, 4, 1, 0]));
        Assert.True(family.NeedsSnapshot);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_label_set_without_room_needs_one(bool drop)
    {
        CumulativeFamily family = Family(ByNumber(), Limits(1) with { Overflow = drop ? Overflow.Drop : Overflow.Other });
        Poll(family, (1, [0, 5, 1, 0]));
        Assert.False(family.NeedsSnapshot);
        Poll(family, (1, [0, 5, 1, 0]), (2, [0, 5, 1, 0]));
        Assert.True(family.NeedsSnapshot);
    }

    [Fact]
    public void A_series_that_expired_or_rests_needs_one()
    {
        CumulativeFamily family = Family(ByNumber(), Limits() with { ExpireUnchanged = TimeSpan.FromMinutes(20) });
        Poll(family, (1, [0, 5, 0, 0]), (2, [0, 6, 0, 0]));
        Poll(family, (1, [0, 5, 0, 0]));
        foreach (int minutes in new[] { 6, 15 })
        {
            Write(family);
            Time.Advance(TimeSpan.FromMinutes(minutes));
            Poll(family, (1, [0, 5, 0, 0]));
            Assert.True(family.NeedsSnapshot);
        }

        Assert.Empty(Exposed(family));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_take_over_needs_one(bool sameMap) => Assert.True(TakenOver(Counted(), sameMap, ByNumber()).NeedsSnapshot);

    [Fact]
    public void One_that_is_cut_short_anywhere_is_refused_and_changes_nothing()
    {
        byte[] snapshot = Write(Counted());
        for (int length = 0; length < snapshot.Length; length++) Refuse(snapshot[..length]);
        Refuse([.. snapshot, 0]);
    }

    [Fact]
    public void One_with_any_flipped_bit_is_refused_and_changes_nothing()
    {
        byte[] snapshot = Write(Counted());
        for (int bit = 0; bit < snapshot.Length * 8; bit++)
        {
            byte[] damaged = [.. snapshot];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Refuse(damaged);
        }
    }

    [Fact]
    public void Garbage_that_is_well_sealed_allocates_no_more_than_it_has()
    {
        byte[] snapshot = Write(Counted());
        var random = new Random(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 3000; run++)
        {
            byte[] damaged = [.. snapshot];
            for (int i = random.Next(1, 4); i > 0; i--) Scatter(random, damaged);
            SHA256.HashData(damaged.AsSpan(0, damaged.Length - 32), damaged.AsSpan(damaged.Length - 32));
            try
            {
                Family(ByNumber()).ReadSnapshot(new MemoryStream(damaged));
            }
            catch (InvalidDataException)
            {
            }
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 3000L * (64 << 10), "more than a small family for each");
    }

    [Fact]
    public void Another_maps_snapshot_is_refused()
    {
        byte[] snapshot = Write(Counted());
        Assert.Equal("the snapshot is of another map: it has other buckets; delete it, and its metric begins with what the map counts", Refusal(snapshot, Family(ByNumber(), scheme: BucketScheme.Explicit([1, 3], UnitScale.One))));
        Assert.Equal("the snapshot is of another map: it has the other layout of values; delete it, and its metric begins with what the map counts", Refusal(snapshot, Family(ByNumber(), hasSum: false)));
        var wider = new CumulativeFamily(Family(ByNumber()).Description, 2, ByNumber(), Limits(), new Lock(), Time);
        Assert.Equal("the snapshot is of another map: it has keys of 1 bytes, and the map's have 2; delete it, and its metric begins with what the map counts", Refusal(snapshot, wider));
        var elsewhere = new CumulativeFamily(Family(ByNumber()).Description with { Reading = "number at 8 of 8" }, 1, ByNumber(), Limits(), new Lock(), Time);
        Assert.Equal("the snapshot is of another map: it has another part of the values; delete it, and its metric begins with what the map counts", Refusal(snapshot, elsewhere));
    }

    [Fact]
    public void Another_unit_or_other_label_names_are_the_same_map()
    {
        byte[] snapshot = Write(Counted());
        CumulativeFamily inSeconds = Family(ByNumber(), scheme: BucketScheme.Explicit([1, 2], UnitScale.Nanoseconds));
        inSeconds.ReadSnapshot(new MemoryStream(snapshot));
        Assert.Equal("1:5 2:6", Counts(inSeconds));
        CumulativeFamily renamed = Family(new StubDecoder(static key => [$"{key}"], "number"));
        renamed.ReadSnapshot(new MemoryStream(snapshot));
        Poll(renamed, (1, [11, 7, 0, 0]));
        Assert.Equal([1, 2, 0, 0], Exposed(renamed)["number=\"1\""]);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void A_long_label_text_is_restored(int length)
    {
        StubDecoder decoder = new(_ => [new string('x', length)], "key");
        CumulativeFamily old = Family(decoder, new SeriesLimits(1, length));
        Poll(old, (1, [0, 5, 0, 0]));
        Assert.Equal(Exposed(old), Exposed(Restored(Write(old), decoder, new SeriesLimits(1, length))));
    }

    [Fact]
    public void One_of_another_version_is_refused_by_its_number()
    {
        byte[] snapshot = Write(Counted());
        BinaryPrimitives.WriteInt32LittleEndian(snapshot.AsSpan(4), 7);
        Assert.Equal("the snapshot is of version 7, and this agent knows 2; use the agent that wrote it, or delete it", Refusal(snapshot, Family(ByNumber())));
    }

    private CumulativeFamily Counted()
    {
        CumulativeFamily family = Family(ByNumber());
        Poll(family, (1, [10, 5, 0, 0]), (2, [20, 6, 0, 0]));
        return family;
    }

    private CumulativeFamily Restored(byte[] snapshot, StubDecoder decoder, SeriesLimits? limits = null)
    {
        CumulativeFamily family = Family(decoder, limits);
        family.ReadSnapshot(new MemoryStream(snapshot));
        return family;
    }

    private void Refuse(byte[] snapshot)
    {
        CumulativeFamily family = Family(ByNumber());
        Refusal(snapshot, family);
        Assert.Empty(Exposed(family));
        Poll(family, (1, [0, 1, 0, 0]));
        Assert.Equal("1:1", Counts(family));
    }

    private static string Refusal(byte[] snapshot, CumulativeFamily family) =>
        Assert.Throws<InvalidDataException>(() => family.ReadSnapshot(new MemoryStream(snapshot))).Message;

    private static byte[] Write(CumulativeFamily family)
    {
        var stream = new MemoryStream();
        family.WriteSnapshot(stream);
        return stream.ToArray();
    }

    private static void Scatter(Random random, byte[] bytes)
    {
        int at = random.Next(8, bytes.Length - 44);
        if (random.Next(2) == 0) bytes[at] = (byte)random.Next(256);
        else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), random.Next(3) switch { 0 => int.MaxValue, 1 => -1, _ => random.Next(1 << 20) });
    }
}
