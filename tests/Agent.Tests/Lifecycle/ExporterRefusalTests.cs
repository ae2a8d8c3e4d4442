using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Configurations of ebpf_exporter that are well written and don't fit their object: the message has the metric's line.</summary>
public sealed class ExporterRefusalTests
{
    private const string Sizes = "make them equal: what no label shows is the \"padding\" of the one before it";

    [Theory]
    [InlineData("indep_drops", "packet_drops_total", "packet_drop_total", "NAME.yaml:3:7: NAME.bpf.o has no map 'packet_drop_total' (metric ebpf_exporter_packet_drop_total); it has 'packet_drops_total'")]
    [InlineData("indep_drops", "size: 2", "size: 4", "NAME.yaml:3:7: NAME.bpf.o: map 'packet_drops_total' has keys of 8 bytes, and the sizes and paddings of the labels of ebpf_exporter_packet_drops_total come to 16; " + Sizes)]
    [InlineData("indep_drops", "size: 2", "size: 1", "NAME.yaml:3:7: NAME.bpf.o: map 'packet_drops_total' has keys of 8 bytes, and the sizes and paddings of the labels of ebpf_exporter_packet_drops_total come to 4; " + Sizes)]
    [InlineData("indep_resends", "padding: 5", "padding: 0", "NAME.yaml:3:7: NAME.bpf.o: map 'segments_resent_total' has keys of 40 bytes, and the sizes and paddings of the labels of ebpf_exporter_segments_resent_total come to 35; " + Sizes)]
    [InlineData("indep_shrink", "size: 4", "size: 8", "NAME.yaml:3:7: NAME.bpf.o: map 'shrink_seconds' has keys of 4 bytes, and the sizes and paddings of the labels of ebpf_exporter_shrink_seconds come to 8; " + Sizes)]
    [InlineData("indep_cpu_only", "size: 2", "size: 4", "NAME.yaml:3:7: NAME.bpf.o: map 'wakeups_total' is a BPF_MAP_TYPE_PERCPU_ARRAY, where the last label \"cpu\" of ebpf_exporter_wakeups_total is the value's CPU and not in the key; give it the size 2 and the one decoder \"uint\", or another name")]
    [InlineData("indep_cache_misses", "size: 4", "size: 2", "NAME.yaml:3:7: NAME.bpf.o: map 'cache_lookups_total' has keys of 4 bytes, and the sizes and paddings of the labels of ebpf_exporter_cache_lookups_total come to 2; " + Sizes)]
    [InlineData("indep_interfaces", "      labels:", "      perf_event_array: true\n      labels:", "NAME.yaml:3:7: NAME.bpf.o: map 'interface_packets_total' is a BPF_MAP_TYPE_HASH, and events come from a BPF_MAP_TYPE_RINGBUF or a BPF_MAP_TYPE_PERF_EVENT_ARRAY")]
    public void A_metric_that_does_not_fit_its_map_is_refused_with_its_line(string fixture, string from, string to, string message)
    {
        using var folder = new AgentFolder().WithFixture("one/one.bpf.o", fixture + ".bpf.o")
            .WithFile("one/one.yaml", File.ReadAllText(Fixture.PathOf(fixture + ".yaml")).Replace(from, to, StringComparison.Ordinal));
        string path = folder.In("one/one");
        var plugin = new ManifestPlugin(Definitions.ManifestOf(path + ".yaml"), TestPlugin.Decoders());
        Assert.Equal(message.Replace("NAME", path, StringComparison.Ordinal), Refusal.Of(plugin).Message);
    }
}
