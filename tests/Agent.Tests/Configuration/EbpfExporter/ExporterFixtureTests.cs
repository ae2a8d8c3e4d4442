using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

/// <summary>Whole configurations, each beside its object, as a user would put them into a plugin folder.</summary>
public sealed class ExporterFixtureTests
{
    private const int ZeroKeyBytes = 4;

    public static TheoryData<string> Names() => [.. Directory.GetFiles(Fixture.Folder, "exporter_*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_six() =>
        Assert.Equal(["exporter_clock", "exporter_counters", "exporter_events", "exporter_histograms", "exporter_host", "exporter_labels"], Names().Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_it_describes_is_what_the_object_has(string name)
    {
        var manifest = EbpfExporterConfiguration.Load(Fixture.PathOf(name + ".yaml"));
        using var bpf = OpenBpfObject.Open(name, File.ReadAllBytes(manifest.ObjectPath));
        Assert.NotEmpty(manifest.Metrics);
        foreach (var metric in manifest.Metrics.Where(metric => !metric.IsEvents))
        {
            var map = Assert.IsType<MapDefinition>(bpf.FindMap(metric.Map));
            Assert.Equal(map.KeySize, KeyBytes(metric, map));
            Assert.Equal(map.ValueSize, manifest.Metrics.Where(other => other.Map == metric.Map).Max(other => other.ValuePlace is { } place ? place.Offset + place.Size : sizeof(ulong)));
        }
    }

    [Fact]
    public void Every_decoder_and_every_form_of_buckets_is_used()
    {
        ManifestMetric[] all = [.. Names().SelectMany(row => EbpfExporterConfiguration.Load(Fixture.PathOf(row.Data + ".yaml")).Metrics)];
        Assert.Equal(DecoderBinder.Names, all.SelectMany(metric => metric.Labels!).SelectMany(label => label.Decoders).Select(decoder => decoder.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<BucketForm>(), all.Select(metric => metric.Buckets?.Form).OfType<BucketForm>().Distinct().Order());
    }

    [Fact]
    public void Only_what_has_no_effect_is_remarked() =>
        Assert.Equal(["metrics.counters[0].flush_interval"], Names().SelectMany(row => EbpfExporterConfiguration.Load(Fixture.PathOf(row.Data + ".yaml")).Remarks).Select(remark => remark.Path));

    private static int KeyBytes(ManifestMetric metric, MapDefinition map)
    {
        var cpu = map.IsPerCpu ? null : metric.CpuLabel?.Place;
        int described = cpu is { } place ? place.Offset + place.Size : metric.KeyBytes!.Value;
        // Without labels a map has the one key 0.
        return described == 0 ? ZeroKeyBytes : described;
    }
}
