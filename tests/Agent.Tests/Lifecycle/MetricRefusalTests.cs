using EbpfAgent.Abstractions;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Names that are illegal, reserved or taken, and scales that are none.</summary>
public sealed class MetricRefusalTests
{
    [Theory]
    [InlineData("latency-seconds")]
    [InlineData("latency seconds")]
    [InlineData("latency{x=\"1\"}")]
    [InlineData("latenz\u00e9")]
    public void An_illegal_metric_name(string name) =>
        Check($"'ebpf_{name}' is not a legal metric name; use letters, digits, \"_\" and \":\", not beginning with a digit", TestMetric.Of<DiskKey>("latency", name));

    [Fact]
    public void A_name_that_begins_with_a_digit_where_there_is_no_prefix()
    {
        PluginException e = Refusal.Of(new TestPlugin("latency.bpf.o", TestMetric.Of<DiskKey>("latency", "1st")), prefix: "");
        Assert.StartsWith("'1st' is not a legal metric name", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ebpf_", "agent_threads")]
    [InlineData("", "ebpf_agent_anything")]
    [InlineData("ebpf_agent_", "latency")]
    public void A_name_among_the_agents_own(string prefix, string name)
    {
        PluginException e = Refusal.Of(new TestPlugin("latency.bpf.o", TestMetric.Of<DiskKey>("latency", name)), prefix: prefix);
        Assert.Equal((PluginError.Metric, $"'{prefix}{name}' begins with ebpf_agent_, as the agent's own metrics do; name it otherwise"), (e.Error, e.Message));
    }

    [Fact]
    public void The_label_name_le() => CheckLabels<Le>("the label name 'le' is the one that a histogram's buckets carry; choose another.");

    [Fact]
    public void A_label_name_with_two_underscores() =>
        CheckLabels<Underscores>("the label name '__x' starts with two underscores, which Prometheus keeps for itself; choose another.");

    [Fact]
    public void A_label_name_that_begins_with_a_digit() =>
        CheckLabels<Digit>("the label name '1a' is illegal; use letters, digits and underscores, not starting with a digit.");

    [Fact]
    public void A_label_name_twice() => CheckLabels<Twice>("the label name 'a' is there twice; give each label a name of its own.");

    [Fact]
    public void Label_names_that_throw() =>
        CheckLabels<Throwing>("LabelNames failed: out of names. Return the list of names, which may be empty.");

    [Fact]
    public void A_field_of_a_histogram() => Check(
        "schemes.bpf.o: map 'by_log2': a histogram takes the whole value, and not its field 'sum'; leave the field out",
        "schemes.bpf.o",
        new HistogramMetric<DiskKey> { Map = "by_log2", Name = "a", Help = "A test.", ValueField = "sum" });

    [Theory]
    [InlineData("a", "a", "ebpf_a")]
    [InlineData("a", "a_count", "ebpf_a_count")]
    public void Two_metrics_of_one_name(string first, string second, string name) => Check(
        $"plugin 'test' names '{name}' twice, counting the _bucket, _sum and _count of its histograms; rename one",
        "schemes.bpf.o",
        TestMetric.Of<DiskKey>("by_log2", first),
        TestMetric.Of<DiskKey>("by_linear", second));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_scale_that_is_no_factor(double scale) => Check(
        $"latency.bpf.o: map 'latency': the scale {scale} is not a number above 0; 1e-9 makes seconds of nanoseconds",
        TestMetric.Of<DiskKey>("latency", scale: scale));

    [Fact]
    public void A_scale_that_contradicts_a_time_scheme()
    {
        PluginException e = Refusal.Of("schemes.bpf.o", TestMetric.Of<DiskKey>("by_seconds", scale: 1e-6));
        Assert.Equal(PluginError.Layout, e.Error);
        Assert.Contains("which a scale of 1E-06 contradicts; leave the scale out", e.Message, StringComparison.Ordinal);
    }

    private static void Check(string message, Metric metric) => Check(message, "latency.bpf.o", metric);

    private static void Check(string message, string fixture, params Metric[] metrics)
    {
        PluginException e = Refusal.Of(fixture, metrics);
        Assert.Equal((PluginError.Metric, message), (e.Error, e.Message));
    }

    private static void CheckLabels<TLabels>(string message)
        where TLabels : ILabels
    {
        PluginException e = Refusal.Of("latency.bpf.o", TestMetric.Of<Key<TLabels>>("latency"));
        Assert.Equal(PluginError.Metric, e.Error);
        Assert.EndsWith($"the key of map 'latency': {message}", e.Message, StringComparison.Ordinal);
    }

    private interface ILabels
    {
        static abstract IReadOnlyList<string> Names { get; }
    }

    private readonly struct Key<TLabels> : IHistogramKey
        where TLabels : ILabels
    {
        public uint Major { get; }

        public uint Minor { get; }

        public static IReadOnlyList<string> LabelNames => TLabels.Names;

        public IReadOnlyList<string> GetLabelValues(IHostLookup host) => [];
    }

    private sealed class Le : ILabels
    {
        public static IReadOnlyList<string> Names => ["device", "le"];
    }

    private sealed class Underscores : ILabels
    {
        public static IReadOnlyList<string> Names => ["__x"];
    }

    private sealed class Digit : ILabels
    {
        public static IReadOnlyList<string> Names => ["1a"];
    }

    private sealed class Twice : ILabels
    {
        public static IReadOnlyList<string> Names => ["a", "b", "a"];
    }

    private sealed class Throwing : ILabels
    {
        public static IReadOnlyList<string> Names => throw new InvalidOperationException("out of names");
    }
}
