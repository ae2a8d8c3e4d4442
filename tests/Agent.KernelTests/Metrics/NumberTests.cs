using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Numbers of every width and sign, alone in a value or one of several, are exposed exactly.</summary>
public sealed class NumberTests : KernelTest
{
    private const string Fixture = "metrics_maps.bpf.o";

    /// <summary>Entries next to each other: one whose width was taken to be another's would be read into its neighbours.</summary>
    [Fact]
    public void A_value_of_any_width_is_its_own()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Counter("bytes"), Counter("halves"), Counter("words"), Counter("wide"), Counter("percpu_bytes"));
        for (uint id = 1; id <= 10; id++)
        {
            plugin["bytes"].Map.Put(id, (byte)(245 + id));
            plugin["halves"].Map.Put(id, (ushort)(65525 + id));
            plugin["words"].Map.Put(id, 4294967285 + id);
            plugin["wide"].Map.Put(id, ulong.MaxValue - 10 + id);
            plugin["percpu_bytes"].Map.Put<uint, byte>(id, [(byte)(245 + id), 255]);
        }

        Scrape scrape = plugin.Poll();
        for (uint id = 1; id <= 10; id++)
        {
            (string, string) label = ("id", $"{id}");
            Assert.Equal(
                ($"{245 + id}", $"{65525 + id}", $"{4294967285 + id}", $"{ulong.MaxValue - 10 + id}", $"{245 + id + 255}"),
                (scrape.Find("bytes", label), scrape.Find("halves", label), scrape.Find("words", label), scrape.Find("wide", label), scrape.Find("percpu_bytes", label)));
        }

        Assert.Equal(50, scrape.Samples.Count);
    }

    [Fact]
    public void Arrays_of_narrow_values_have_a_series_for_each_index()
    {
        using PolledPlugin plugin = MetricFolder.Load(Fixture, Counter("array_bytes"), Counter("percpu_words"));
        for (uint index = 0; index < 16; index++)
        {
            plugin["array_bytes"].Map.Put(index, (byte)(index * index));
            plugin["percpu_words"].Map.Put<uint, uint>(index, [index, uint.MaxValue]);
        }

        Scrape scrape = plugin.Poll();
        for (uint index = 0; index < 16; index++)
        {
            Assert.Equal(
                ($"{index * index}", $"{index + (ulong)uint.MaxValue}"), (scrape.Find("array_bytes", ("key", $"{index}")), scrape.Find("percpu_words", ("key", $"{index}"))));
        }
    }

    [Theory]
    [InlineData("numbers", false)]
    [InlineData("percpu_numbers", true)]
    public void Each_field_of_a_value_is_a_gauge_of_its_own(string map, bool isPerCpu)
    {
        string[] fields = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64"];
        using PolledPlugin plugin = MetricFolder.Load(Fixture, [.. fields.Select(field => Field(map, field))]);
        var extremes = new Numbers(byte.MaxValue, ushort.MaxValue, uint.MaxValue, ulong.MaxValue, sbyte.MinValue, short.MinValue, int.MinValue, long.MinValue, 0.1f, double.MinValue);
        plugin[map].Map.Put(1u, extremes);
        plugin[map].Map.Put(2u, default(Numbers) with { S8 = -1, S64 = -1, F32 = float.PositiveInfinity, F64 = double.NaN });
        Scrape scrape = plugin.Poll();
        Assert.Equal(
            ["255", "65535", "4294967295", "18446744073709551615", "-128", "-32768", "-2147483648", "-9223372036854775808", "0.10000000149011612", "-1.7976931348623157E+308"],
            fields.Select(field => scrape.Find(field, ("id", "1"))));
        Assert.Equal(["0", "0", "0", "0", "-1", "0", "0", "-1", "+Inf", "NaN"], fields.Select(field => scrape.Find(field, ("id", "2"))));
        Assert.All(fields, field => Assert.Equal("gauge", scrape.Types[field]));
        // All from one read.
        Assert.Equal((isPerCpu, fields.Length), (plugin.Running.Polls.Single().Map.Definition.IsPerCpu, plugin.Running.Polls.Single().Families.Count));
    }

    [Fact]
    public void Fields_of_one_read_are_of_one_moment()
    {
        using PolledPlugin plugin = MetricFolder.Load(
            Fixture,
            """{ "map": "hash", "name": "packets", "type": "counter", "value": "packets" }""",
            """{ "map": "hash", "name": "kilobytes", "type": "counter", "value": "io.bytes", "scale": 0.001 }""",
            """{ "map": "hash", "name": "balance", "type": "gauge", "value": "balance" }""");
        for (int i = 0; i < 7; i++) plugin.Observe("count_hash", 1500, key: 3);
        plugin.Observe("count_hash", ulong.MaxValue - 20000, key: 4);
        Scrape scrape = plugin.Poll();
        Assert.Equal(("7", "10.5", "-7"), Read(scrape, "3"));
        Assert.Equal("18446744073709531.615", scrape.Find("kilobytes", ("id", "4")));
        plugin.Observe("count_hash", 250, key: 3);
        Assert.Equal(("8", "10.75", "-8"), Read(plugin.Poll(), "3"));
    }

    [Fact]
    public void Counters_take_no_fraction_and_say_what_to_do()
    {
        PluginException e = Assert.Throws<PluginException>(static () => MetricFolder.Load(Fixture, """{ "map": "numbers", "name": "n", "type": "counter", "value": "f64" }"""));
        Assert.EndsWith("metrics_maps.bpf.o: map 'numbers': 'f64' is a floating-point number, which a counter can't be; make it an integer, or a gauge of it", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_struct_says_which_numbers_it_has_where_none_was_named()
    {
        PluginException e = Assert.Throws<PluginException>(static () => MetricFolder.Load(Fixture, Counter("hash")));
        Assert.EndsWith(
            "map 'hash' has values of struct traffic, which has 'packets', 'io.bytes', 'balance'; say which one the metric is (\"value\" in plugin.json, ValueField in C#)", e.Message, StringComparison.Ordinal);
    }

    private static (string?, string?, string?) Read(Scrape scrape, string id) => (scrape.Find("packets", ("id", id)), scrape.Find("kilobytes", ("id", id)), scrape.Find("balance", ("id", id)));

    private static string Counter(string map) => $$"""{ "map": "{{map}}", "name": "{{map}}", "type": "counter" }""";

    private static string Field(string map, string field) => $$"""{ "map": "{{map}}", "name": "{{field}}", "type": "gauge", "value": "{{field}}" }""";
}
