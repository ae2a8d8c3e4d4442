using EbpfAgent.Bpf;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>What becomes of the values that each CPU has: their sum, the greatest, the smallest, the last, or a series for each.</summary>
public sealed class CpuTests : KernelTest
{
    private const string Fixture = "metrics_maps.bpf.o";

    public CpuTests() => Assert.SkipUnless(PossibleCpus.Count >= 2, "needs two possible CPUs");

    [Theory]
    [InlineData("s32", "sum", "-5")]
    [InlineData("s32", "max", "2")]
    [InlineData("s32", "min", "-7")]
    [InlineData("s32", "last", "2")]
    [InlineData("u64", "sum", "4")] // modulo 2^64: what one CPU adds and another takes away comes out right
    [InlineData("u64", "max", "18446744073709551613")]
    [InlineData("u64", "min", "7")]
    [InlineData("f64", "sum", "-0.75")]
    [InlineData("f64", "max", "0.5")]
    [InlineData("f64", "min", "-1.25")]
    [InlineData("f64", "last", "-1.25")]
    public void A_gauge_folds_the_CPUs_as_it_says(string field, string cpus, string expected)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, $$"""{ "map": "percpu_numbers", "name": "g", "type": "gauge", "value": "{{field}}", "cpus": "{{cpus}}" }""");
        Numbers first = Numbers.Of(s32: -7, u64: 7, f64: 0.5), second = Numbers.Of(s32: 2, u64: unchecked((ulong)-3), f64: -1.25);
        // Further CPUs have a say as well, with their zeros: where that would matter they say the same as the first.
        Numbers others = cpus is "sum" or "last" ? default : first;
        plugin["percpu_numbers"].Map.Put<uint, Numbers>(1, [first, second, .. Enumerable.Repeat(others, PossibleCpus.Count - 2)]);
        Assert.Equal(expected, plugin.Poll().Find("g", ("id", "1")));
    }

    [Fact]
    public void The_last_CPU_is_the_last_that_has_a_number()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, """{ "map": "percpu_numbers", "name": "g", "type": "gauge", "value": "s32", "cpus": "last" }""");
        plugin["percpu_numbers"].Map.Put<uint, Numbers>(1, [Numbers.Of(s32: 9, u64: 0, f64: 0)]);
        Assert.Equal("9", plugin.Poll().Find("g", ("id", "1")));
    }

    [Theory]
    [InlineData("percpu_hash", "counter")]
    [InlineData("percpu_hash", "gauge")]
    [InlineData("lru_percpu_hash", "counter")]
    [InlineData("percpu_array", "gauge")]
    public void Each_CPU_is_a_series_where_they_are_labelled(string map, string type)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, $$"""{ "map": "{{map}}", "name": "m", "type": "{{type}}", "value": "packets", "cpus": "label" }""");
        for (int i = 0; i < 3; i++) plugin.Observe($"count_{map}", 1, key: 5, cpu: 0);
        for (int i = 0; i < 4; i++) plugin.Observe($"count_{map}", 1, key: 5, cpu: 1);
        plugin.Observe($"count_{map}", 1, key: 6, cpu: 1);
        Scrape scrape = plugin.Poll();
        // A CPU that has counted nothing has no series.
        Assert.Equal(
            ["5 0 3", "5 1 4", "6 1 1"],
            scrape.Samples.Select(static sample => $"{sample.Labels.Values.First()} {sample.Labels["cpu"]} {sample.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_histograms_CPUs_are_told_apart_as_well()
    {
        using PolledPlugin plugin = MetricFolder.Load("latency.bpf.o", """{ "map": "latency", "name": "h", "cpus": "label", "labels": ["minor"] }""");
        for (int i = 0; i < 3; i++) plugin.Observe("observe_latency", 4, key: 1, cpu: 0);
        for (int i = 0; i < 5; i++) plugin.Observe("observe_latency", 5, key: 1, cpu: 1);
        Scrape scrape = plugin.Poll();
        Assert.Equal((3UL, 5UL), (scrape.Count("h", ("minor", "1"), ("cpu", "0")), scrape.Count("h", ("minor", "1"), ("cpu", "1"))));
        Assert.Equal(("12", "25"), (scrape.Find("h_sum", ("cpu", "0")), scrape.Find("h_sum", ("cpu", "1"))));
        Assert.Equal(("3", "0", "5"), (scrape.Find("h_bucket", ("cpu", "0"), ("le", "4")), scrape.Find("h_bucket", ("cpu", "1"), ("le", "4")), scrape.Find("h_bucket", ("cpu", "1"), ("le", "8"))));
    }

    [Fact]
    public void One_map_feeds_metrics_that_fold_its_CPUs_differently()
    {
        using PolledPlugin plugin = MetricFolder.Load(
            Fixture,
            """{ "map": "percpu_hash", "name": "sum", "type": "counter", "value": "packets" }""",
            """{ "map": "percpu_hash", "name": "each", "type": "counter", "value": "packets", "cpus": "label" }""",
            """{ "map": "percpu_hash", "name": "most", "type": "gauge", "value": "packets", "cpus": "max" }""");
        for (int i = 0; i < 9; i++) plugin.Observe("count_percpu_hash", 1, key: 5, cpu: i % 3 == 0 ? 0 : 1);
        Scrape scrape = plugin.Poll();
        Assert.Equal(("9", "3", "6", "6"), (scrape.Find("sum"), scrape.Find("each", ("cpu", "0")), scrape.Find("each", ("cpu", "1")), scrape.Find("most")));
    }

    [Theory]
    [InlineData("hash", "gauge", "label", "map 'hash' is a BPF_MAP_TYPE_HASH, which has one value for all CPUs, so that none can be labelled by its CPU; make the map per-CPU, or leave the label out")]
    [InlineData("percpu_hash", "counter", "max", "map 'percpu_hash': the CPUs of a counter are summed or labelled, and not folded by 'Max', by which it could go down; make it a gauge")]
    public void A_fold_that_makes_no_sense_is_refused(string map, string type, string cpus, string message)
    {
        PluginException e = Assert.Throws<PluginException>(
            () => MetricFolder.Load(Fixture, $$"""{ "map": "{{map}}", "name": "m", "type": "{{type}}", "value": "packets", "cpus": "{{cpus}}" }"""));
        Assert.EndsWith(message, e.Message, StringComparison.Ordinal);
    }
}
