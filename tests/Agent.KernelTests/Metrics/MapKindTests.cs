using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>N events are N in counters and gauges from every kind of map, whichever CPUs they were on.</summary>
public sealed class MapKindTests : KernelTest
{
    private const string Fixture = "metrics_maps.bpf.o";

    [Theory]
    [InlineData("hash", "id")]
    [InlineData("lru_hash", "id")]
    [InlineData("percpu_hash", "id")]
    [InlineData("lru_percpu_hash", "id")]
    [InlineData("array", "key")]
    [InlineData("percpu_array", "key")]
    public void N_events_are_N(string map, string label)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Field(map, "packets", "counter"), Field(map, "io.bytes", "counter"), Field(map, "balance", "gauge"));
        ulong[] sent = new ulong[16];
        for (int round = 1; round <= 3; round++)
        {
            for (uint id = 0; id < 8; id++)
            {
                for (int i = 0; i <= id; i++) plugin.Observe($"count_{map}", 100 + id, id, cpu: i % PossibleCpus.Count);
                sent[id] += id + 1;
            }

            Scrape scrape = plugin.Poll();
            for (uint id = 0; id < 8; id++)
            {
                Assert.Equal(
                    ($"{sent[id]}", $"{sent[id] * (100 + id)}", $"-{sent[id]}"),
                    (scrape.Find("packets", (label, $"{id}")), scrape.Find("io_bytes", (label, $"{id}")), scrape.Find("balance", (label, $"{id}"))));
            }

            // An array has all of its entries from the beginning.
            Assert.Equal(3 * (map.EndsWith("array", StringComparison.Ordinal) ? 16 : 8), scrape.Samples.Count);
        }
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("lru_hash")]
    [InlineData("percpu_hash")]
    [InlineData("lru_percpu_hash")]
    public void A_key_that_is_deleted_ends_a_gauge_and_no_counter(string map)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Field(map, "packets", "counter"), Field(map, "balance", "gauge"));
        for (int i = 0; i < 5; i++) plugin.Observe($"count_{map}", 1, key: 7, cpu: i % PossibleCpus.Count);
        plugin.Observe($"count_{map}", 1, key: 8);
        plugin.Poll();
        plugin[map].Map.Delete(7u);
        Scrape gone = plugin.Poll();
        Assert.Equal(("5", null, "-1"), (gone.Find("packets", ("id", "7")), gone.Find("balance", ("id", "7")), gone.Find("balance", ("id", "8"))));
        for (int i = 0; i < 2; i++) plugin.Observe($"count_{map}", 1, key: 7);
        Scrape back = plugin.Poll();
        Assert.Equal(("7", "-2"), (back.Find("packets", ("id", "7")), back.Find("balance", ("id", "7"))));
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("percpu_hash")]
    public void An_entry_that_was_made_anew_between_two_polls_is_all_gain(string map)
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Field(map, "packets", "counter"), Field(map, "io.bytes", "counter"));
        for (int i = 0; i < 5; i++) plugin.Observe($"count_{map}", 10, key: 7);
        plugin.Poll();
        plugin[map].Map.Delete(7u);
        for (int i = 0; i < 3; i++) plugin.Observe($"count_{map}", 10, key: 7);
        Scrape scrape = plugin.Poll();
        Assert.Equal(("8", "80"), (scrape.Find("packets"), scrape.Find("io_bytes")));
    }

    private static string Field(string map, string field, string type) =>
        $$"""{ "map": "{{map}}", "name": "{{field.Replace('.', '_')}}", "type": "{{type}}", "value": "{{field}}" }""";
}
