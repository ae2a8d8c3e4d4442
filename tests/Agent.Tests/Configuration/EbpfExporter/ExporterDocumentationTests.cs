using System.Text;
using System.Text.RegularExpressions;
using EbpfAgent.Configuration.EbpfExporter;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

/// <summary>What docs/from-ebpf_exporter.md shows is what the reader reads.</summary>
public sealed partial class ExporterDocumentationTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Tests.Configuration.Sample.RepositoryRoot(), "docs", "from-ebpf_exporter.md"));

    [Fact]
    public void Every_configuration_in_it_is_read_without_a_remark()
    {
        string[] blocks = [.. YamlBlock().Matches(Text).Select(match => match.Groups["yaml"].Value)];
        Assert.Equal(4, blocks.Length);
        foreach (string yaml in blocks)
        {
            var manifest = EbpfExporterConfiguration.Parse(Encoding.UTF8.GetBytes(yaml), ExporterSample.File);
            Assert.NotEmpty(manifest.Metrics);
            Assert.Empty(manifest.Remarks);
        }
    }

    [Fact]
    public void Every_decoder_and_every_key_is_named_in_it()
    {
        string[] keys = ["metrics", "counters", "histograms", "values", "perf_event_array", "flush_interval", "labels", "size", "padding", "reuse", "decoders", "allow_unknown", "skip_cache_size",
            "lru_cache_size", "bucket_type", "bucket_min", "bucket_max", "bucket_multiplier", "bucket_keys", "kaddrs", "cgroup_id_map", "regexps", "tracing", "programs"];
        Assert.All([.. DecoderBinder.Names, .. keys], word => Assert.Matches($"\\b{word}\\b", Text));
    }

    [GeneratedRegex(@"^```yaml\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex YamlBlock();
}
