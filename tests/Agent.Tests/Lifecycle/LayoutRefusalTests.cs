using EbpfAgent.Abstractions;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Maps that a metric can't be polled from, and structs that are not the map's key.</summary>
public sealed class LayoutRefusalTests
{
    [Fact]
    public void A_map_that_is_not_there_is_named_beside_those_that_are() =>
        Check("array_map.bpf.o", "latencies", "array_map.bpf.o has no map 'latencies' (metric ebpf_latencies); it has 'latency', 'slots', 'events'");

    [Theory]
    [InlineData("latency")]
    [InlineData("slots")]
    public void A_map_that_is_no_histogram(string map) => Check("array_map.bpf.o", map, NoBuckets($"array_map.bpf.o: map '{map}'"));

    [Fact]
    public void A_key_of_another_size_is_shown_beside_the_struct()
    {
        PluginException e = Refusal.Of("other_key.bpf.o", TestMetric.Of<DiskKey>("latency"));
        Assert.Equal(PluginError.Layout, e.Error);
        Assert.StartsWith("other_key.bpf.o: Map 'latency': the C# struct DiskKey does not have the layout of the key struct other_key:", e.Message, StringComparison.Ordinal);
        ContainsAll(e.Message, "device", "operation", "cpu", "Major", "Minor", "rebuild the plugin");
    }

    [Fact]
    public void A_struct_with_other_fields_of_the_same_size_is_shown_beside_the_key()
    {
        PluginException e = Refusal.Of("latency.bpf.o", TestMetric.Of<SwappedKey>("latency"));
        Assert.Equal(PluginError.Layout, e.Error);
        ContainsAll(e.Message, "does not have the layout of the key struct disk_key", "major", "minor", "ulong", "Device", "offset", "width");
    }

    [Fact]
    public void A_map_that_does_not_say_what_its_buckets_are() => Check(
        "bpf_observe_bench.bpf.o",
        "bare",
        NoBuckets("bpf_observe_bench.bpf.o: map 'bare'"));

    private static string NoBuckets(string map) =>
        $"{map} does not say what its buckets are; declare it with HISTOGRAM(...) of ebpf_agent/histogram.bpf.h, or describe them (\"buckets\" in plugin.json)";

    private static void Check(string fixture, string map, string message)
    {
        PluginException e = Refusal.Of(fixture, TestMetric.Of<DiskKey>(map));
        Assert.Equal((PluginError.Layout, message), (e.Error, e.Message));
    }

    private static void ContainsAll(string text, params string[] parts) => Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));

    private readonly struct SwappedKey : IHistogramKey
    {
        public ulong Device { get; }

        public static IReadOnlyList<string> LabelNames => ["device"];

        public IReadOnlyList<string> GetLabelValues(IHostLookup host) => [$"{Device}"];
    }
}
