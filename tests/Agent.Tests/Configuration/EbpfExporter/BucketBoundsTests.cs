using EbpfAgent.Configuration;
using EbpfAgent.Exposition;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

/// <summary>The texts are those that ebpf_exporter's documentation and discussions show for such a configuration, or follow from its arithmetic.</summary>
public sealed class BucketBoundsTests
{
    [Theory]
    [InlineData(BucketForm.Exp2, 0, 10, 0.000001, "1e-06 2e-06 4e-06 8e-06 1.6e-05 3.2e-05 6.4e-05 0.000128 0.000256 0.000512 0.001024")]
    [InlineData(BucketForm.Exp2, 19, 21, 1, "524288 1.048576e+06 2.097152e+06")]
    [InlineData(BucketForm.Exp2, 0, 3, 1024, "1024 2048 4096 8192")]
    [InlineData(BucketForm.Exp2, -2, 1, 1, "0.25 0.5 1 2")]
    [InlineData(BucketForm.Exp2Zero, 0, 5, 1, "0 1 2 4 8 16")]
    [InlineData(BucketForm.Exp2Zero, 0, 3, 0.001, "0 0.001 0.002 0.004")]
    [InlineData(BucketForm.Exp2Zero, 1, 3, 1, "1 2 4")]
    [InlineData(BucketForm.Linear, 0, 4, 1, "0 1 2 3 4")]
    [InlineData(BucketForm.Linear, 1, 3, 0.1, "0.1 0.2 0.30000000000000004")]
    internal void Bounds_are_those_of_the_numbers(BucketForm form, int first, int last, double multiplier, string expected)
    {
        var buckets = new BucketSettings { Form = form, First = first, Last = last, Multiplier = multiplier };
        Assert.Equal(expected, string.Join(' ', BucketBounds.Of(buckets).Select(GoNumber.Format)));
        Assert.Null(BucketBounds.Problem(buckets));
        Assert.Equal(last - first + 1, BucketBounds.Count(buckets));
    }

    [Fact]
    public void Fixed_buckets_are_numbered_by_their_bounds()
    {
        var buckets = new BucketSettings { Form = BucketForm.Fixed, Keys = [100, 1000, 250000], Multiplier = 1e-6 };
        Assert.Equal("9.999999999999999e-05 0.001 0.25", string.Join(' ', BucketBounds.Of(buckets).Select(GoNumber.Format)));
        Assert.Equal([100, 1000, 250000], BucketBounds.Numbers(buckets));
    }

    [Theory]
    [InlineData(BucketForm.Exp2, 0, 1023, 1, null)]
    [InlineData(BucketForm.Exp2, 0, 1024, 1, "the last bounds are beyond any number")]
    [InlineData(BucketForm.Exp2, 0, 1023, 2, "the last bounds are beyond any number")]
    [InlineData(BucketForm.Exp2, -1080, 0, 1, "bounds must ascend, and 0 follows 0")]
    [InlineData(BucketForm.Exp2, int.MaxValue - 2, int.MaxValue - 1, 1, "the last bounds are beyond any number")]
    [InlineData(BucketForm.Linear, 0, 9_999, 1, null)]
    [InlineData(BucketForm.Linear, 0, 10_000, 1, "10001 buckets; expected at most 10000")]
    [InlineData(BucketForm.Linear, int.MinValue, int.MaxValue - 1, 1, "4294967295 buckets; expected at most 10000")]
    [InlineData(BucketForm.Linear, 1, 3, 5e-324, null)]
    [InlineData(BucketForm.Linear, 0, 1, 1e308, null)]
    [InlineData(BucketForm.Linear, 0, 2, 1.7e308, "the last bounds are beyond any number")]
    internal void Bounds_that_no_histogram_can_have_are_refused(BucketForm form, int first, int last, double multiplier, string? expected) =>
        Assert.Equal(expected, BucketBounds.Problem(new BucketSettings { Form = form, First = first, Last = last, Multiplier = multiplier }));
}
