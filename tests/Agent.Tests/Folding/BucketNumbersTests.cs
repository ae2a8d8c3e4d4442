using System.Buffers.Binary;
using EbpfAgent.Folding;

namespace EbpfAgent.Tests.Folding;

public sealed class BucketNumbersTests
{
    [Theory]
    [InlineData(2UL, null)]
    [InlineData(3UL, 1)]
    [InlineData(5UL, 3)]
    [InlineData(6UL, 0)]
    [InlineData(7UL, null)]
    [InlineData(ulong.MaxValue, null)]
    public void A_range_has_a_slot_for_each_bucket_and_the_sum_behind_the_last(ulong number, int? word) =>
        Assert.Equal(word, BucketNumbers.Range(4, 8, 3, 5, hasSum: true).TakeWord(Key(number)));

    [Fact]
    public void Without_a_sum_the_number_behind_the_last_is_none() => Assert.Null(BucketNumbers.Range(4, 8, 0, 5, hasSum: false).TakeWord(Key(6)));

    [Theory]
    [InlineData(0UL, 3)]
    [InlineData(1UL, 4)]
    [InlineData(2UL, 0)]
    [InlineData(3UL, null)]
    [InlineData(ulong.MaxValue, null)]
    [InlineData(ulong.MaxValue - 1, null)]
    public void A_range_may_begin_below_0_where_nothing_is_counted(ulong number, int? word) =>
        Assert.Equal(word, BucketNumbers.Range(4, 8, -2, 1, hasSum: true).TakeWord(Key(number)));

    [Fact]
    public void The_last_number_there_is_has_a_sum_behind_it()
    {
        BucketNumbers numbers = BucketNumbers.Range(4, 8, int.MaxValue, int.MaxValue, hasSum: true);
        Assert.Equal((1, 0, null), (numbers.TakeWord(Key(int.MaxValue)), numbers.TakeWord(Key(int.MaxValue + 1UL)), numbers.TakeWord(Key(int.MaxValue + 2UL))));
    }

    [Fact]
    public void A_range_that_ends_before_it_begins_is_refused() => Assert.Equal(
        "buckets from 3 to 2 are none; the last must not be below the first", Assert.Throws<FormatException>(() => BucketNumbers.Range(4, 8, 3, 2, hasSum: false)).Message);

    [Theory]
    [InlineData(10UL, 1)]
    [InlineData(50UL, 2)]
    [InlineData(51UL, 0)]
    [InlineData(11UL, null)]
    public void Fixed_buckets_are_numbered_by_their_bounds(ulong number, int? word) =>
        Assert.Equal(word, BucketNumbers.Fixed(4, 8, [10, 50], hasSum: true).TakeWord(Key(number)));

    [Fact]
    public void The_buckets_bytes_become_zeros_and_the_others_stay()
    {
        byte[] key = Key(3);
        BucketNumbers.Range(4, 8, 0, 5, hasSum: false).TakeWord(key);
        Assert.Equal([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 9], key);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_bucket_may_be_of_any_integers_width(int size)
    {
        byte[] key = new byte[size];
        key[0] = 2;
        Assert.Equal(3, BucketNumbers.Range(0, size, 0, 5, hasSum: false).TakeWord(key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    public void A_bucket_of_another_width_is_refused(int size) =>
        Assert.Equal($"a bucket of {size} bytes is no number; it takes 1, 2, 4 or 8", Assert.Throws<FormatException>(() => BucketNumbers.Range(0, size, 0, 5, hasSum: false)).Message);

    private static byte[] Key(ulong bucket)
    {
        byte[] key = [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(4), bucket);
        return key;
    }
}
