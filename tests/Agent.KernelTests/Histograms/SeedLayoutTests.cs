using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Histograms;

/// <summary>The older layout, an entry per bucket: its bounds are 2^b - 1, and it has no sum.</summary>
public sealed class SeedLayoutTests : KernelTest, IDisposable
{
    private readonly PolledPlugin _plugin = new(new TestPlugin("seed_layout.bpf.o", TestMetric.Of<DiskKey>("block_latency")));

    public void Dispose() => _plugin.Dispose();

    [Fact]
    public void Each_value_lands_under_the_smallest_2_to_the_b_less_1()
    {
        for (int i = 0; i < SchemeCase.Edges.Count; i++) _plugin.Observe("observe_block_latency", SchemeCase.Edges[i], (ulong)i);
        Scrape scrape = _plugin.Poll();
        for (int i = 0; i < SchemeCase.Edges.Count; i++)
        {
            ulong value = SchemeCase.Edges[i];
            IReadOnlyList<(string Le, ulong Count)> buckets = scrape.Buckets("block_latency", ("minor", $"{i}"));
            Assert.Equal(65, buckets.Count);
            // The program counts 0 as 1: its bucket is floor(log2 v) + 1, and 0 has no logarithm.
            int expected = Enumerable.Range(1, 63).FirstOrDefault(b => value <= (1UL << b) - 1, 64);
            Assert.Equal(expected, buckets.TakeWhile(static bucket => bucket.Count == 0).Count());
            if (expected < 64) Assert.Equal((double)((1UL << expected) - 1), Scrape.Bound(buckets[expected].Le));
        }
    }

    [Fact]
    public void N_observations_are_N_over_all_buckets_and_CPUs()
    {
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++)
        {
            foreach (ulong value in SchemeCase.Edges) _plugin.Observe("observe_block_latency", value, key: 3UL << 32 | 4, cpu: cpu);
        }

        Scrape scrape = _plugin.Poll();
        Assert.Equal((ulong)(SchemeCase.Edges.Count * PossibleCpus.Count), scrape.Count("block_latency", ("major", "3"), ("minor", "4")));
        Assert.Single(scrape.Samples, static sample => sample.Name == "block_latency_count");
    }

    [Fact]
    public void No_sum_is_exposed_since_the_map_has_none()
    {
        _plugin.Observe("observe_block_latency", 5, key: 1);
        Assert.DoesNotContain(_plugin.Poll().Samples, static sample => sample.Name == "block_latency_sum");
    }

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData((1UL << 63) + 1)]
    [InlineData(ulong.MaxValue)]
    public void Values_of_2_to_the_63_and_above_are_above_every_bound(ulong value)
    {
        _plugin.Observe("observe_block_latency", value, key: 1);
        IReadOnlyList<(string Le, ulong Count)> buckets = _plugin.Poll().Buckets("block_latency");
        Assert.Equal(1UL, buckets[^1].Count);
        Assert.All(buckets.SkipLast(1), static bucket => Assert.Equal(0UL, bucket.Count));
    }
}
