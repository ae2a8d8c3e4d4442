using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class SlotMappingTests
{
    [Theory]
    [InlineData(1e-9, 1e-9, 7UL, 7UL)]
    [InlineData(1e-6, 1e-9, 7UL, 7000UL)]
    [InlineData(1e-9, 1e-6, 7000UL, 7UL)]
    [InlineData(1e-9, 1e-6, 7001UL, 8UL)]
    [InlineData(1e-9, 1.0, 0UL, 0UL)]
    [InlineData(1e-9, 1.0, 1UL, 1UL)]
    [InlineData(1e-9, 1.0, ulong.MaxValue, 18446744074UL)]
    [InlineData(1.0, 1e-9, 1UL << 63, 0UL)]
    [InlineData(1.0, 1e-9, ulong.MaxValue, ulong.MaxValue - 999_999_999)]
    public void A_sum_is_converted_and_rounded_up(double from, double to, ulong sum, ulong converted) =>
        Assert.Equal(converted, SlotMapping.Convert(sum, UnitScale.From(from), UnitScale.From(to)));

    [Theory]
    [InlineData(1.0 / 3, 1.0 / 7)]
    [InlineData(1e-9, 1.0 / 1024)]
    [InlineData(0.1, 3.0)]
    public void A_sum_in_any_unit_does_not_come_out_lower(double from, double to)
    {
        UnitScale old = UnitScale.From(from), now = UnitScale.From(to);
        for (int bit = 0; bit < 60; bit++)
        {
            foreach (ulong sum in new[] { (1UL << bit) - 1, 1UL << bit, (1UL << bit) + 1 })
                Assert.True(now.Apply(SlotMapping.Convert(sum, old, now)) >= old.Apply(sum), $"{sum}");
        }
    }

    [Fact]
    public void No_bucket_of_any_scheme_goes_down_and_common_ones_are_kept()
    {
        var random = new Random(5);
        for (int run = 0; run < 500; run++)
        {
            BucketScheme old = Scheme(random), scheme = Scheme(random);
            ulong[] words = [.. Enumerable.Range(0, old.Slots + 1).Select(_ => (ulong)random.NextInt64(1L << 40))];
            ulong[] totals = new ulong[scheme.Slots + 1];
            SlotMapping.Between(old, scheme).Carry(words, totals);
            Assert.Equal(Gain.Observations(words), Gain.Observations(totals));
            for (int slot = 0; slot < scheme.Bounds.Count; slot++)
            {
                ulong below = AtMost(old, words, scheme.Bounds[slot]);
                Assert.Equal(below, AtMost(scheme, totals, scheme.Bounds[slot]));
            }
        }
    }

    [Fact]
    public void The_same_slots_in_another_unit_are_kept_as_they_are()
    {
        ulong[] totals = new ulong[4];
        SlotMapping.Between(BucketScheme.Explicit([1000, 3000], UnitScale.One), BucketScheme.Explicit([1000, 3000], UnitScale.Nanoseconds)).Carry([5, 1, 2, 3], totals);
        Assert.Equal([5, 1, 2, 3], totals);
    }

    [Fact]
    public void Bounds_are_compared_in_the_unit_that_is_exposed()
    {
        ulong[] totals = new ulong[4];
        SlotMapping.Between(BucketScheme.Explicit([1000, 3000], UnitScale.Nanoseconds), BucketScheme.Explicit([1, 3], UnitScale.From(1e-6))).Carry([5001, 1, 2, 3], totals);
        Assert.Equal([6, 1, 2, 3], totals);
    }

    private static BucketScheme Scheme(Random random) =>
        BucketScheme.Explicit(Enumerable.Range(0, 20).Where(_ => random.Next(2) == 0).Append(20).Select(static bound => (ulong)bound), UnitScale.One);

    private static ulong AtMost(BucketScheme scheme, ulong[] words, double bound)
    {
        ulong count = 0;
        for (int slot = 0; slot < scheme.Bounds.Count && scheme.Bounds[slot] <= bound; slot++) count += words[1 + slot];
        return count;
    }
}
