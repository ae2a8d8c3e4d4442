using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Maps with an entry for each bucket: in each form, with the bucket anywhere in the key, with and without a sum.</summary>
public sealed class BucketTests : KernelTest
{
    private const string Fixture = "metrics_buckets.bpf.o";

    private static readonly ulong[] Values = [0, 1, 2, 3, 4, 9, 10, 16, 17, 49, 50, 99, 100, 101, 1000, 1500];

    [Theory]
    [InlineData("first")]
    [InlineData("first_plain")]
    public void Powers_with_the_bucket_first(string map) => Check(
        Metric(map, """ "form": "exp2", "last": 10, "sum": true """),
        [.. Enumerable.Range(0, 11).Select(static power => Math.Pow(2, power))],
        // What has a number beyond the last is in no bucket, though it is in the sum.
        counted: static value => value <= 1024,
        hasSum: true);

    [Theory]
    [InlineData("middle")]
    [InlineData("middle_percpu")]
    public void Powers_and_zero_with_the_bucket_in_the_middle_and_no_sum(string map) => Check(
        Metric(map, """ "form": "exp2zero", "last": 11 """),
        [0, .. Enumerable.Range(0, 11).Select(static power => Math.Pow(2, power))],
        counted: static value => value <= 1024,
        hasSum: false,
        ("op", "1"));

    [Theory]
    [InlineData("last")]
    [InlineData("last_plain")]
    public void Equal_steps_with_the_bucket_last(string map)
    {
        // A linear bucket b counts up to b times the multiplier: here what is below 10 is in bucket 0, and so on, so the bounds are what the map says and not what the values are.
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Metric(map, """ "field": "slot", "form": "linear", "last": 5, "multiplier": 10, "sum": true """));
        foreach (ulong value in Values) plugin.Observe("observe_all", value, key: 3);
        Scrape scrape = plugin.Poll();
        IReadOnlyList<(string Le, ulong Count)> buckets = scrape.Buckets("h", ("id", "3"), ("op", "2"));
        Assert.Equal(
            [.. Enumerable.Range(0, 6).Select(b => ($"{b * 10}", (ulong)Values.Count(value => b == 5 || value < ((ulong)b + 1) * 10))), ("+Inf", (ulong)Values.Length)],
            buckets);
        Assert.Equal($"{Values.Aggregate(0UL, static (sum, value) => sum + (value * 10))}", scrape.Find("h_sum"));
    }

    [Fact]
    public void Fixed_bounds_in_a_nested_field_of_64_bits() => Check(
        Metric("wide", """ "field": "at.bound", "form": "fixed", "keys": [100, 1500, 4294967296], "sum": true """), [100, 1500, 4294967296], counted: static _ => true, hasSum: true);

    [Fact]
    public void A_bucket_alone_in_the_key_leaves_no_label()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Metric("only", """ "form": "exp2", "last": 3 """));
        for (ulong bucket = 0; bucket <= 3; bucket++) plugin["only"].Map.Put(bucket, bucket + 1);
        Scrape scrape = plugin.Poll();
        Assert.Equal([("1", 1UL), ("2", 3UL), ("4", 6UL), ("8", 10UL), ("+Inf", 10UL)], scrape.Buckets("h"));
        Assert.Contains("\nh_count 10\n", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_outside_the_range_are_nobodys()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Metric("only", """ "form": "exp2", "first": 2, "last": 4, "sum": true """));
        // 258 and the like would be 2 in a narrower bucket.
        foreach (ulong outside in (ulong[])[0, 1, 6, 7, 255, 256, 258, 65538, (1UL << 32) + 2, (1UL << 32) + 5, (1UL << 63) + 3, ulong.MaxValue]) plugin["only"].Map.Put(outside, 1000UL);
        plugin["only"].Map.Put(2UL, 10UL);
        plugin["only"].Map.Put(4UL, 1UL);
        plugin["only"].Map.Put(5UL, 77UL);
        Scrape scrape = plugin.Poll();
        Assert.Equal([("4", 10UL), ("8", 10UL), ("16", 11UL), ("+Inf", 11UL)], scrape.Buckets("h"));
        Assert.Equal(("77", 11UL), (scrape.Find("h_sum"), scrape.Count("h")));
    }

    [Fact]
    public void Counts_and_sums_of_64_bits_are_exact()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Metric("only", """ "form": "exp2", "last": 3, "sum": true """));
        plugin["only"].Map.Put(1UL, (1UL << 53) + 1);
        plugin["only"].Map.Put(2UL, ulong.MaxValue - (1UL << 53) - 1);
        plugin["only"].Map.Put(4UL, ulong.MaxValue);
        Scrape scrape = plugin.Poll();
        Assert.Equal([("1", 0UL), ("2", (1UL << 53) + 1), ("4", ulong.MaxValue), ("8", ulong.MaxValue), ("+Inf", ulong.MaxValue)], scrape.Buckets("h"));
        Assert.Equal($"{ulong.MaxValue}", scrape.Find("h_sum"));
    }

    [Fact]
    public void Fixed_bounds_reach_as_far_as_numbers_do()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Metric("only", """ "form": "fixed", "keys": [1, 9223372036854775808] """));
        plugin["only"].Map.Put(1UL, 2UL);
        plugin["only"].Map.Put(1UL << 63, 3UL);
        plugin["only"].Map.Put((1UL << 63) - 1, 100UL);
        Assert.Equal([2UL, 5UL, 5UL], plugin.Poll().Buckets("h").Select(static bucket => bucket.Count));
    }

    [Fact]
    public void The_count_may_be_a_field_of_the_value()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, """{ "map": "narrow", "name": "h", "value": "count", "buckets": { "form": "exp2", "last": 3 } }""");
        for (uint bucket = 0; bucket <= 3; bucket++) plugin["narrow"].Map.Put(bucket | (7UL << 32), 0xffff_ffff_0000_0001UL);
        Assert.Equal([1UL, 2UL, 3UL, 4UL, 4UL], plugin.Poll().Buckets("h", ("id", "7")).Select(static bucket => bucket.Count));
    }

    [Fact]
    public void CPUs_may_be_labelled()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, """{ "map": "first", "name": "h", "cpus": "label", "buckets": { "form": "exp2", "last": 10, "sum": true } }""");
        int last = Math.Min(1, PossibleCpus.Count - 1);
        for (int i = 0; i < 3; i++) plugin.Observe("observe_all", 4, key: 1, cpu: 0);
        for (int i = 0; i < 5; i++) plugin.Observe("observe_all", 5, key: 1, cpu: last);
        Scrape scrape = plugin.Poll();
        Assert.Equal((last == 0 ? 8UL : 3UL, last == 0 ? "37" : "12"), (scrape.Count("h", ("cpu", "0")), scrape.Find("h_sum", ("cpu", "0"))));
        if (last > 0) Assert.Equal((5UL, "25"), (scrape.Count("h", ("cpu", "1")), scrape.Find("h_sum", ("cpu", "1"))));
    }

    [Fact]
    public void Scripts_see_a_key_without_its_bucket()
    {
        using AgentFolder folder = new AgentFolder().WithFixture("p/o.bpf.o", Fixture)
            .WithFile("p/l.js", "export const labels = ['x']; export const decode = key => [`${key.id} ${key.bucket} ${key.op}`];")
            .WithFile("p/plugin.json", MetricFolder.Manifest(["""{ "map": "middle", "name": "h", "script": "l.js", "buckets": { "form": "exp2zero", "last": 11 } }"""]));
        using PolledPlugin plugin = MetricFolder.LoadEntry(folder.In("p/plugin.json"));
        foreach (ulong value in Values) plugin.Observe("observe_all", value, key: 3);
        Scrape scrape = plugin.Poll();
        Assert.Equal("3 0 1", Assert.Single(scrape.Samples, static sample => sample.Name == "h_count").Labels["x"]);
        Assert.Equal((ulong)Values.Count(static value => value <= 1024), scrape.Count("h"));
    }

    private static void Check(string metric, double[] bounds, Func<ulong, bool> counted, bool hasSum, params (string, string)[] labels)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, metric);
        foreach ((int i, ulong value) in Values.Index())
        {
            plugin.Observe("observe_all", value, key: 3, cpu: i % PossibleCpus.Count);
            plugin.Observe("observe_all", value, key: 4);
            plugin.Observe("observe_all", value, key: 4);
        }

        Scrape scrape = plugin.Poll();
        foreach ((string id, ulong times) in (ReadOnlySpan<(string, ulong)>)[("3", 1), ("4", 2)])
        {
            (string, string)[] series = [("id", id), .. labels];
            ulong[] seen = [.. Values.Where(counted)];
            Assert.Equal(
                [.. bounds.Select(bound => (bound, times * (ulong)seen.Count(value => value <= bound))), (double.PositiveInfinity, times * (ulong)seen.Length)],
                scrape.Buckets("h", series).Select(static bucket => (Scrape.Bound(bucket.Le), bucket.Count)));
            Assert.Equal(hasSum ? $"{times * Values.Aggregate(0UL, static (sum, value) => sum + value)}" : null, scrape.Find("h_sum", series));
            Assert.Equal(series.Length, scrape.Samples.First(static sample => sample.Name == "h_count").Labels.Count);
        }
    }

    private static string Metric(string map, string buckets) => $$"""{ "map": "{{map}}", "name": "h", "buckets": { {{buckets}} } }""";
}
