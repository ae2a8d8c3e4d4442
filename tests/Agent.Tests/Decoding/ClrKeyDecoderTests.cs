using EbpfAgent.Abstractions;
using EbpfAgent.Decoding;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Decoding;

public sealed class ClrKeyDecoderTests
{
    private static readonly FakeHost Host = new();

    [Fact]
    public void The_plugins_struct_reads_the_key()
    {
        var decoder = Decoder<DiskKey>();

        Assert.Equal(["device", "op"], decoder.LabelNames);
        Assert.Equal(["dev8-1", "read"], decoder.Decode([8, 0, 0, 0, 1, 0, 0, 0]));
        Assert.Null(decoder.Decode([0, 0, 0, 0, 1, 0, 0, 0]));
    }

    [Fact]
    public void A_wrong_number_of_values_is_refused()
    {
        var exception = Assert.Throws<DecodeException>(() => Decoder<FewValues>().Decode([1]));

        Assert.Equal(
            "FewValues, the key of map 'events': GetLabelValues returned 1 values for 2 label names (a, b); return one for each.",
            exception.Message);
    }

    [Fact]
    public void A_null_value_is_refused() => Assert.Equal(
        "NullValue, the key of map 'events': GetLabelValues returned null for the label 'b'; return a text, or null in place of the list to leave the key out.",
        Assert.Throws<DecodeException>(() => Decoder<NullValue>().Decode([1])).Message);

    [Fact]
    public void Illegal_names_and_names_that_cannot_be_had_fail_the_load()
    {
        Assert.Equal(PluginError.Metric, Assert.Throws<PluginException>(() => Decoder<BadName>()).Error);
        Assert.Contains(
            "LabelNames failed: no names today",
            Assert.Throws<PluginException>(() => Decoder<ThrowingNames>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_plugin_throws_is_passed_on() => Assert.Throws<NotSupportedException>(() => Decoder<Throwing>().Decode([1]));

    [Fact]
    public void The_result_is_not_the_plugins_own_list()
    {
        var decoder = Decoder<Shared>();

        Assert.IsType<string[]>(decoder.Decode([1]));
        Assert.NotSame(Shared.Values, decoder.Decode([1]));
    }

    private static ClrKeyDecoder Decoder<TKey>()
        where TKey : unmanaged, IHistogramKey => new(new HistogramMetric<TKey> { Map = "events", Name = "events", Help = "Events." }, Host);

    private readonly record struct DiskKey(uint Major, uint Minor) : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => ["device", "op"];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => host.DeviceName(Major, Minor) is { } name ? [name, "read"] : null;
    }

    private readonly struct FewValues : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => ["a", "b"];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => ["1"];
    }

    private readonly struct NullValue : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => ["a", "b"];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => ["1", null!];
    }

    private readonly struct BadName : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => ["le"];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => ["1"];
    }

    private readonly struct ThrowingNames : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => throw new InvalidOperationException("no names today");

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => [];
    }

    private readonly struct Throwing : IHistogramKey
    {
        public static IReadOnlyList<string> LabelNames => [];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => throw new NotSupportedException("not this one");
    }

    private readonly struct Shared : IHistogramKey
    {
        public static List<string> Values { get; } = ["1"];

        public static IReadOnlyList<string> LabelNames => ["a"];

        public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => Values;
    }
}
