using EbpfAgent.Decoding;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Decoding;

public sealed class LabelNamesTests
{
    [Fact]
    public void Legal_names_are_kept_in_order() => Assert.Equal(["device", "_op", "A1"], LabelNames.Check(["device", "_op", "A1"], "DiskKey"));

    [Theory]
    [InlineData("", "DiskKey: the label name '' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData(null, "DiskKey: the label name '' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData("1st", "DiskKey: the label name '1st' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData("a:b", "DiskKey: the label name 'a:b' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData("größe", "DiskKey: the label name 'größe' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData("__name", "DiskKey: the label name '__name' starts with two underscores, which Prometheus keeps for itself; choose another.")]
    [InlineData("le", "DiskKey: the label name 'le' is the one that a histogram's buckets carry; choose another.")]
    [InlineData("device", "DiskKey: the label name 'device' is there twice; give each label a name of its own.")]
    public void Others_are_refused(string? name, string message)
    {
        var exception = Assert.Throws<PluginException>(() => LabelNames.Check(["device", name], "DiskKey"));

        Assert.Equal(PluginError.Metric, exception.Error);
        Assert.Equal(message, exception.Message);
    }

    [Theory]
    [InlineData("disk_io_seconds", true)]
    [InlineData("rule:disk", true)]
    [InlineData("_x", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("9lives", false)]
    [InlineData("disk-io", false)]
    [InlineData("disk\nio", false)]
    public void Metric_names_may_have_colons(string? name, bool legal) => Assert.Equal(legal, MetricNames.IsLegal(name));
}
