using System.Text;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Keys with equal labels are one series, and no others are.</summary>
public sealed class SeriesTests : KernelTest
{
    private const string Fixture = "metrics_maps.bpf.o";

    [Fact]
    public void Keys_with_equal_labels_are_summed()
    {
        const string Labels = """ "labels": [{ "name": "kind", "field": "id", "decode": { "static_map": { "1": "few", "2": "few" }, "default": "many" } }] """;
        using PolledPlugin plugin = MetricFolder.Load(
            Fixture,
            $$"""{ "map": "hash", "name": "packets", "type": "counter", "value": "packets", {{Labels}} }""",
            $$"""{ "map": "hash", "name": "balance", "type": "gauge", "value": "balance", {{Labels}} }""",
            $$"""{ "map": "numbers", "name": "share", "type": "gauge", "value": "f64", {{Labels}} }""");
        for (uint id = 1; id <= 4; id++)
        {
            for (int i = 0; i < id; i++) plugin.Observe("count_hash", 1, id);
            plugin["numbers"].Map.Put(id, Numbers.Of(0, 0, f64: id / 4.0));
        }

        Scrape scrape = plugin.Poll();
        Assert.Equal(("3", "-3", "0.75"), Read(scrape, "few"));
        Assert.Equal(("7", "-7", "1.75"), Read(scrape, "many"));
        Assert.Equal(6, scrape.Samples.Count);
        // The one that is gone takes its part of a gauge along.
        plugin["hash"].Map.Delete(1u);
        Assert.Equal(("3", "-2", "0.75"), Read(plugin.Poll(), "few"));
    }

    [Fact]
    public void An_empty_list_of_labels_counts_all_keys_as_one()
    {
        using PolledPlugin plugin = MetricFolder.Load(
            Fixture,
            """{ "map": "percpu_hash", "name": "packets", "type": "counter", "value": "packets", "labels": [] }""",
            """{ "map": "percpu_hash", "name": "balance", "type": "gauge", "value": "balance", "labels": [] }""");
        // Nothing was counted yet, and that is known.
        Assert.Null(plugin.Poll().Find("balance"));
        for (uint id = 1; id <= 4; id++) plugin.Observe("count_percpu_hash", 1, id);
        Scrape scrape = plugin.Poll();
        Assert.Contains("\npackets 4\n", "\n" + scrape.Text, StringComparison.Ordinal);
        Assert.Contains("\nbalance -4\n", scrape.Text, StringComparison.Ordinal);
        Assert.Equal(2, scrape.Samples.Count);
    }

    /// <summary>What a separator between label values could be, they may hold themselves.</summary>
    [Fact]
    public void Distinct_labels_are_distinct_series_whatever_they_hold()
    {
        (string A, string B)[] pairs =
        [
            ("a", "b\nc"), ("a\nb", "c"), ("a", "b,c"), ("a,b", "c"), ("a\"", "b"), ("a", "\"b"), ("a\x1f", "b"), ("a", "\x1f" + "b"), ("a|", "b"), ("a", "|b"), ("ab", ""), ("", "ab"), ("a\\", "b"), ("a", "\\b"), ("a;", "b"),
        ];
        using PolledPlugin plugin = MetricFolder.Load(Fixture, """{ "map": "pairs", "name": "m", "type": "counter" }""");
        foreach ((int i, (string a, string b)) in pairs.Index()) plugin["pairs"].Map.Put(BitConverter.ToUInt64(Encoding.UTF8.GetBytes(a.PadRight(4, '\0') + b.PadRight(4, '\0'))), (1UL << 53) + 1 + (ulong)i);
        Scrape scrape = plugin.Poll();
        Assert.Equal(pairs.Length, scrape.Samples.Count);
        foreach ((int i, (string a, string b)) in pairs.Index()) Assert.Equal($"{(1UL << 53) + 1 + (ulong)i}", scrape.Find("m", ("a", a), ("b", b)));
        Assert.Equal((0, ""), Shell.RunWithInput(scrape.Text.Replace("TYPE m counter", "TYPE m gauge", StringComparison.Ordinal), "promtool", "check", "metrics"));
    }

    [Fact]
    public void Values_beyond_2_to_the_53_are_exact()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, """{ "map": "wide", "name": "c", "type": "counter" }""", """{ "map": "signed_words", "name": "g", "type": "gauge", "scale": 1000 }""");
        ulong[] values = [(1UL << 53) - 1, (1UL << 53) + 1, (1UL << 63) - 1, 1UL << 63, (1UL << 63) + 1, ulong.MaxValue - 1, ulong.MaxValue];
        for (uint id = 0; id < values.Length; id++) plugin["wide"].Map.Put(id, values[id]);
        plugin["signed_words"].Map.Put(1u, int.MinValue);
        Scrape scrape = plugin.Poll();
        for (uint id = 0; id < values.Length; id++) Assert.Equal($"{values[id]}", scrape.Find("c", ("id", $"{id}")));
        Assert.Equal("-2147483648000", scrape.Find("g"));
        // Two of them together are beyond 64 bits only if their sum is.
        plugin["wide"].Map.Put(1u, (1UL << 53) + 2);
        Assert.Equal($"{(1UL << 53) + 2}", plugin.Poll().Find("c", ("id", "1")));
    }

    private static (string?, string?, string?) Read(Scrape scrape, string kind) => (scrape.Find("packets", ("kind", kind)), scrape.Find("balance", ("kind", kind)), scrape.Find("share", ("kind", kind)));
}
