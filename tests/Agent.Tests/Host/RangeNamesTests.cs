using System.Text;
using CsCheck;
using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

public sealed class RangeNamesTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(9, null)]
    [InlineData(10, "a")]
    [InlineData(14, "a")]
    [InlineData(15, null)]
    [InlineData(20, "b")]
    [InlineData(29, "b")]
    [InlineData(30, "c")]
    [InlineData(4095, "c")]
    [InlineData(4096, null)]
    [InlineData(ulong.MaxValue, "top")]
    public void A_range_reaches_as_far_as_it_is_long_or_to_the_next_or_to_the_end_of_its_page(ulong number, string? name)
    {
        RangeNames names = Build((ulong.MaxValue, 1, "top", 0, 1), (30, 0, "c", 0, 0), (10, 5, "a", 0, 0), (20, 0, "b", 0, 0));

        Assert.Equal(name, names.Find(number));
    }

    [Fact]
    public void A_range_of_unknown_length_ends_with_its_page_where_the_next_is_anothers()
    {
        RangeNames names = Build((0x1ff0, 0, "mine", 0, 1), (0x5000, 0, "yours", 0, 2));

        Assert.Equal("mine", names.Find(0x1fff));
        Assert.Null(names.Find(0x2000));
        Assert.Equal("yours", names.Find(0x5fff));
        Assert.Null(names.Find(0x6000));
    }

    [Fact]
    public void Nothing_of_unknown_length_is_longer_than_16_MiB()
    {
        RangeNames names = Build((0, 0, "a", 0, 0), (1UL << 40, 0, "b", 0, 0));

        Assert.Equal("a", names.Find((16 << 20) - 1));
        Assert.Null(names.Find(16 << 20));
    }

    [Fact]
    public void Of_equal_starts_the_lowest_rank_counts_and_then_the_first()
    {
        RangeNames names = Build((1, 1, "late", 1, 0), (1, 1, "first", 0, 0), (1, 1, "second", 0, 0), (2, 1, "x", 3, 0), (2, 1, "y", 2, 0));

        Assert.Equal("first", names.Find(1));
        Assert.Equal("y", names.Find(2));
        Assert.Equal(2, names.Count);
    }

    [Fact]
    public void A_gap_ends_a_range_and_has_no_name()
    {
        RangeNames names = Build((10, 0, "a", 0, 0), (20, 0, "", 1, 0), (30, 0, "b", 0, 0));

        Assert.Equal("a", names.Find(19));
        Assert.Null(names.Find(20));
        Assert.Null(names.Find(29));
        Assert.Equal("b", names.Find(30));
    }

    [Fact]
    public void Nothing_is_found_in_none()
    {
        Assert.Null(RangeNames.Empty.Find(0));
        Assert.Null(Build().Find(ulong.MaxValue));
    }

    /// <summary>Held against the slow way: the last range at or below, if it reaches.</summary>
    [Fact]
    public void What_is_found_is_what_a_search_of_all_finds() =>
        Gen.Select(Gen.Select(Gen.ULong[0, 64], Gen.UInt[1, 9]).Array[0, 40], Gen.ULong[0, 80]).Sample((ranges, number) =>
        {
            RangeNames names = Build([.. ranges.Select(static (range, i) => (range.Item1, range.Item2, $"n{i}", (byte)0, (ushort)0))]);
            var last = ranges.Select(static (range, i) => (Start: range.Item1, Length: range.Item2, Index: i)).Where(range => range.Start <= number)
                .OrderByDescending(static range => range.Start).ThenBy(static range => range.Index).FirstOrDefault();
            Assert.Equal(last.Length > 0 && number - last.Start < last.Length ? $"n{last.Index}" : null, names.Find(number));
        });

    private static RangeNames Build(params (ulong Start, uint Length, string Name, byte Rank, ushort Owner)[] ranges)
    {
        var builder = new RangeNamesBuilder();
        foreach ((ulong start, uint length, string name, byte rank, ushort owner) in ranges) builder.Add(start, length, Encoding.UTF8.GetBytes(name), rank, owner);
        return builder.Build();
    }
}
