using System.Runtime.InteropServices;
using CsCheck;
using EbpfAgent.Folding;

namespace EbpfAgent.Tests.Folding;

public sealed class BucketSchemeTests
{
    [Fact]
    public void Log2_bounds_are_the_powers_of_two()
    {
        BucketScheme scheme = BucketScheme.Log2(0, 10, UnitScale.One);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024], scheme.Bounds);
        Assert.Equal(12, scheme.Slots);
    }

    [Fact]
    public void Log2_reaches_to_2_to_the_64() => Assert.Equal(18446744073709551616.0, BucketScheme.Log2(0, 64, UnitScale.One).Bounds[^1]);

    [Fact]
    public void Seconds_are_exact_powers_of_two()
    {
        BucketScheme scheme = BucketScheme.Seconds(-20, 5);
        Assert.Equal(27, scheme.Slots);
        Assert.Equal(1.0 / (1 << 20), scheme.Bounds[0]);
        Assert.Equal(1, scheme.Bounds[20]);
        Assert.Equal(32, scheme.Bounds[^1]);
        Assert.Equal(9, scheme.Scale.Decimals);
    }

    [Fact]
    public void Linear_bounds_begin_at_the_start() =>
        Assert.Equal([10, 20, 30], BucketScheme.Linear(10, 10, 3, UnitScale.One).Bounds);

    [Fact]
    public void A_scale_applies_to_bounds() =>
        Assert.Equal([0.001, 0.002, 0.004], BucketScheme.Explicit([1_000_000, 2_000_000, 4_000_000], UnitScale.Nanoseconds).Bounds);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(62)]
    [InlineData(63)]
    public void A_floor_log2_bucket_holds_exactly_the_integers_up_to_its_bound(int k)
    {
        IReadOnlyList<double> bounds = BucketScheme.FloorLog2(UnitScale.One).Bounds;
        ulong last = (1UL << k) - 1;
        ulong first = 1UL << k;
        Assert.Equal(last, bounds[Bucket(last)]);
        Assert.True(Bucket(first) == k + 1);
        Assert.True(k + 1 == bounds.Count || bounds[k + 1] >= first);

        static int Bucket(ulong value) => value == 0 ? 0 : (int)ulong.Log2(value) + 1;
    }

    [Fact]
    public void Values_from_2_to_the_63_are_above_every_floor_log2_bound()
    {
        BucketScheme scheme = BucketScheme.FloorLog2(UnitScale.One);
        Assert.Equal(65, scheme.Slots);
        Assert.True(scheme.Bounds[^1] <= Math.ScaleB(1, 63));
    }

    [Theory]
    [InlineData(1u, 27u, -5, "exponents from -5 to 20 are not within 0 and 64")]
    [InlineData(1u, 27u, int.MaxValue, "exponents from 2147483647 to 2147483647 are not within 0 and 64")]
    [InlineData(2u, 27u, -40, "exponents from -40 to -15 are not within -30 and 34")]
    [InlineData(3u, 27u, 0, "the buckets of a linear scheme have no width")]
    [InlineData(4u, 27u, 0, "the scheme names 26 bounds and holds 0")]
    [InlineData(9u, 27u, 0, "the scheme is of kind 9, which this agent doesn't know")]
    [InlineData(1u, 1u, 0, "the scheme has 1 slots, and 2 to 1024 are possible")]
    [InlineData(1u, uint.MaxValue, 0, "the scheme has 4294967295 slots, and 2 to 1024 are possible")]
    public void A_descriptor_that_makes_no_sense_is_refused(uint kind, uint slots, int first, string message)
    {
        FormatException e = Assert.Throws<FormatException>(() => SchemeDescriptor.Parse(Descriptor(1, kind, slots, first, 0, 0), null));
        Assert.Equal(message, e.Message);
    }

    [Fact]
    public void A_descriptor_of_another_version_is_refused_with_the_way_out()
    {
        FormatException e = Assert.Throws<FormatException>(() => SchemeDescriptor.Parse(Descriptor(2, 1, 27, 0, 0, 0), null));
        Assert.Equal("the scheme is of version 2, and this agent knows 1; use a newer agent, or the header that came with this one", e.Message);
    }

    [Fact]
    public void A_time_scheme_admits_no_other_scale()
    {
        byte[] seconds = Descriptor(1, 2, 27, -20, 0, 0);
        Assert.Equal(27, SchemeDescriptor.Parse(seconds, 1e-9).Slots);
        Assert.Contains("which a scale of 0.001 contradicts", Assert.Throws<FormatException>(() => SchemeDescriptor.Parse(seconds, 1e-3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_kind_of_descriptor_is_read()
    {
        Assert.Equal([1, 2, 4], SchemeDescriptor.Parse(Descriptor(1, 1, 4, 0, 0, 0), null).Bounds);
        Assert.Equal([0.5, 1, 2], SchemeDescriptor.Parse(Descriptor(1, 2, 4, -1, 0, 0), null).Bounds);
        Assert.Equal([5, 8, 11], SchemeDescriptor.Parse(Descriptor(1, 3, 4, 0, 5, 3), null).Bounds);
        Assert.Equal([1, 10, 100], SchemeDescriptor.Parse([.. Descriptor(1, 4, 4, 0, 0, 0), .. MemoryMarshal.AsBytes<ulong>([1, 10, 100])], null).Bounds);
    }

    [Fact]
    public void Bounds_that_do_not_ascend_are_refused() =>
        Assert.Equal("bounds must ascend, and 10 follows 10", Assert.Throws<FormatException>(() => BucketScheme.Explicit([1, 10, 10], UnitScale.One)).Message);

    [Fact]
    public void Any_bytes_are_a_scheme_or_a_format_error() =>
        Gen.Byte.Array[0, 200].Sample(static bytes =>
        {
            try
            {
                return SchemeDescriptor.Parse(bytes, null).Slots >= 2;
            }
            catch (FormatException)
            {
                return true;
            }
        });

    private static byte[] Descriptor(uint version, uint kind, uint slots, int first, ulong start, ulong width) =>
        [.. BitConverter.GetBytes(version), .. BitConverter.GetBytes(kind), .. BitConverter.GetBytes(slots), .. BitConverter.GetBytes(first), .. BitConverter.GetBytes(start), .. BitConverter.GetBytes(width)];
}
