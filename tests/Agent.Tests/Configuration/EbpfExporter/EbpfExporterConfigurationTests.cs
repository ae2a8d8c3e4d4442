using System.Text;
using EbpfAgent.Abstractions;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

public sealed class EbpfExporterConfigurationTests
{
    [Fact]
    public void The_object_lies_beside_the_configuration()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter(""));
        Assert.Equal(("/plugins/disk/disk.yaml", "/plugins/disk", "/plugins/disk/disk.bpf.o"), (manifest.File, manifest.Folder, manifest.ObjectPath));
        Assert.Equal("ebpf_exporter_", manifest.MetricPrefix);
        Assert.True(manifest.AreProgramsOptional);
        Assert.Empty(manifest.Programs);
        Assert.Empty(manifest.Remarks);
    }

    [Theory]
    [InlineData("disk.yaml", "disk.bpf.o")]
    [InlineData("a.b.yaml", "a.b.bpf.o")]
    [InlineData("disk.yml", null)]
    [InlineData("disk.YAML", null)]
    [InlineData(".yaml", null)]
    [InlineData("plugin.json", null)]
    public void A_configuration_is_known_by_its_file_name(string file, string? expected) => Assert.Equal(expected, EbpfExporterConfiguration.ObjectName(file));

    [Fact]
    public void A_file_with_another_name_is_refused() =>
        Assert.Equal("/plugins/disk.yml: expected a file name that ends in .yaml, beside its object", Assert.Throws<ConfigurationException>(() => EbpfExporterConfiguration.Parse([], "/plugins/disk.yml")).Message);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal(
            "/nowhere/disk.yaml: no such file; a configuration of ebpf_exporter is a NAME.yaml with its NAME.bpf.o",
            Assert.Throws<ConfigurationException>(() => EbpfExporterConfiguration.Load("/nowhere/disk.yaml")).Message);

    [Fact]
    public void A_counter_takes_its_map_and_its_metric_from_its_name()
    {
        var metric = Only(ExporterSample.Counter(""));
        Assert.Equal(("reads_total", "reads_total", "Reads.", MetricKind.Counter), (metric.Map, metric.Name, metric.Help, metric.Kind));
        Assert.Equal(new JsonPosition(ExporterSample.File, 3, 7), metric.Position);
        Assert.Empty(metric.Labels!);
        Assert.Equal((0, null, null), (metric.KeyBytes, metric.CpuLabel, metric.Buckets));
        Assert.Equal((CpuFolding.Sum, false, null), (metric.Cpus, metric.IsEvents, metric.Scale));
    }

    [Fact]
    public void Labels_lie_one_behind_the_other_in_the_key()
    {
        var metric = Only(ExporterSample.Counter("""
                  labels:
                    - {name: operation, size: 1, padding: 3, decoders: [{name: uint}]}
                    - {name: address, size: 0x10, decoders: [{name: inet_ip}]}
                    - {name: command, size: 16, padding: 4, decoders: [{name: string}]}
            """));
        Assert.Equal([new FieldPlace(0, 1), new FieldPlace(4, 16), new FieldPlace(20, 16)], metric.Labels!.Select(label => label.Place!.Value));
        Assert.Equal(["operation", "address", "command"], metric.Labels!.Select(label => label.Name));
        Assert.All(metric.Labels!, label => Assert.Null(label.Field));
        Assert.Equal(40, metric.KeyBytes);
    }

    [Fact]
    public void A_label_that_is_reused_shares_its_place_with_the_next()
    {
        var metric = Only(ExporterSample.Counter("""
                  labels:
                    - {name: id, size: 8, padding: 8, reuse: true, decoders: [{name: uint}]}
                    - {name: path, size: 8, decoders: [{name: uint}, {name: cgroup}]}
                    - {name: kind, size: 4, decoders: [{name: uint}]}
            """));
        Assert.Equal([new FieldPlace(0, 8), new FieldPlace(0, 8), new FieldPlace(8, 4)], metric.Labels!.Select(label => label.Place!.Value));
        Assert.Equal(16, metric.KeyBytes);
    }

    [Fact]
    public void Decoders_keep_their_order_and_their_arguments()
    {
        var decoders = Only(ExporterSample.Label("""
                      size: 4
                      decoders:
                        - name: uint
                        - name: static_map
                          allow_unknown: yes
                          static_map:
                            1: read
                            0x2: 'write'
                            "three": 3
                            4: ""
                            true: off
                        - name: regexp
                          skip_cache_size: 100
                          lru_cache_size: 10
                          regexps:
                            - ^(r).*$ # the first letter
                            - '\d+'
                        - name: errno
            """)).Labels![0].Decoders;
        Assert.Equal(["uint", "static_map", "regexp", "errno"], decoders.Select(decoder => decoder.Name));
        Assert.All(decoders, decoder => Assert.Equal(DecoderDialect.EbpfExporter, decoder.Dialect));
        Assert.Equal(["1=read", "0x2=write", "three=3", "4=", "true=off"], decoders[1].Map!.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal([false, true, false, false], decoders.Select(decoder => decoder.AllowUnknown));
        Assert.Equal(["^(r).*$", "\\d+"], decoders[2].Items);
        Assert.Null(decoders[0].Map);
        Assert.Null(decoders[0].Items);
    }

    [Fact]
    public void Every_decoder_is_known()
    {
        foreach (string name in DecoderBinder.Names)
        {
            string arguments = name switch { "static_map" => ", static_map: {1: a}", "regexp" => ", regexps: [a]", _ => "" };
            var manifest = ExporterSample.Manifest(ExporterSample.Label($"          size: 4\n          decoders: [{{name: {name}{arguments}}}]"));
            Assert.Equal(name, manifest.Metrics[0].Labels![0].Decoders[0].Name);
            Assert.Empty(manifest.Remarks);
        }
        Assert.Equal(18, DecoderBinder.Names.Count);
        Assert.Equal(DecoderBinder.Names.Order(StringComparer.Ordinal), DecoderBinder.Names);
    }

    [Theory]
    [InlineData("{name: cpu, size: 2, decoders: [{name: uint}]}", true)]
    [InlineData("{name: cpu, size: 4, decoders: [{name: uint}]}", false)]
    [InlineData("{name: cpus, size: 2, decoders: [{name: uint}]}", false)]
    [InlineData("{name: cpu, size: 2, decoders: [{name: uint}, {name: static_map, static_map: {0: boot}}]}", false)]
    public void The_last_label_may_be_the_CPU(string label, bool isCpu)
    {
        var metric = Only(ExporterSample.Counter($"      labels:\n        - {{name: vec, size: 4, decoders: [{{name: uint}}]}}\n        - {label}"));
        Assert.Equal(isCpu, metric.CpuLabel is not null);
        Assert.Equal(isCpu ? 1 : 2, metric.Labels!.Count);
        if (isCpu)
            Assert.Equal((4, new FieldPlace(4, 2), CpuFolding.Sum), (metric.KeyBytes, metric.CpuLabel!.Place!.Value, metric.Cpus));
    }

    [Fact]
    public void A_label_cpu_before_others_is_a_label() =>
        Assert.Null(Only(ExporterSample.Counter("      labels:\n        - {name: cpu, size: 2, decoders: [{name: uint}]}\n        - {name: x, size: 2, decoders: [{name: uint}]}")).CpuLabel);

    [Fact]
    public void Events_are_counted_by_their_labels()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter("""
                  perf_event_array: true
                  flush_interval: 10s
                  labels:
                    - {name: id, size: 8, decoders: [{name: uint}]}
                    - {name: cpu, size: 2, decoders: [{name: uint}]}
            """));
        Assert.Equal((true, 10, 2, null), (manifest.Metrics[0].IsEvents, manifest.Metrics[0].KeyBytes, manifest.Metrics[0].Labels!.Count, manifest.Metrics[0].CpuLabel));
        Assert.Equal(
            "/plugins/disk/disk.yaml:6:23: metrics.counters[0].flush_interval: no effect: counters are not begun anew; limits.expireUnchanged in agent.json drops series that no longer change",
            Assert.Single(manifest.Remarks).ToString());
    }

    [Fact]
    public void Each_number_of_a_value_may_be_a_metric()
    {
        var metrics = ExporterSample.Manifest(ExporterSample.Counter("""
                  labels:
                    - {name: device, size: 4, decoders: [{name: majorminor}]}
                  values:
                    - {name: done_total, help: Requests.}
                    - {name: done_bytes_total, help: Bytes.}
            """)).Metrics;
        Assert.Equal([("reads_total", "done_total", "Requests."), ("reads_total", "done_bytes_total", "Bytes.")], metrics.Select(metric => (metric.Map, metric.Name, metric.Help)));
        Assert.Equal([new FieldPlace(0, 8), new FieldPlace(8, 8)], metrics.Select(metric => metric.ValuePlace!.Value));
        Assert.All(metrics, metric => Assert.Equal("device", Assert.Single(metric.Labels!).Name));
    }

    [Fact]
    public void A_histogram_has_its_bucket_last_in_the_key()
    {
        var metric = Only("""
            metrics:
              histograms:
                - name: latency_seconds
                  help: Latency.
                  bucket_type: exp2
                  bucket_max: 26
                  bucket_multiplier: 0.000001 # microseconds
                  labels:
                    - {name: device, size: 4, decoders: [{name: majorminor}]}
                    - {name: operation, size: 1, padding: 3, decoders: [{name: uint}]}
                    - {name: le, size: 8, decoders: [{name: uint}]}
            """);
        Assert.Equal(("latency_seconds", "latency_seconds", MetricKind.Histogram, 16), (metric.Map, metric.Name, metric.Kind, metric.KeyBytes));
        Assert.Equal(["device", "operation"], metric.Labels!.Select(label => label.Name));
        Assert.Equal(new BucketSettings { Form = BucketForm.Exp2, Last = 26, Multiplier = 0.000001, HasSum = true, Place = new FieldPlace(8, 8) }, metric.Buckets);
    }

    [Theory]
    [InlineData("exp2", BucketForm.Exp2, -2)]
    [InlineData("exp2zero", BucketForm.Exp2Zero, 0)]
    [InlineData("linear", BucketForm.Linear, 3)]
    internal void Buckets_run_from_one_number_to_another(string type, BucketForm form, int first)
    {
        var buckets = Only(ExporterSample.Histogram($"      bucket_type: {type}\n      bucket_min: {first}\n      bucket_max: 0x10\n      bucket_multiplier: 0")).Buckets!;
        Assert.Equal(new BucketSettings { Form = form, First = first, Last = 16, HasSum = true, Place = new FieldPlace(0, 8) }, buckets);
    }

    [Fact]
    public void Fixed_buckets_are_listed_and_their_minimum_and_maximum_say_nothing()
    {
        var buckets = Only(ExporterSample.Histogram("      bucket_type: fixed\n      bucket_min: 1\n      bucket_max: 0\n      bucket_keys: [1, 10.0, 1e3, 0x7d0]")).Buckets!;
        Assert.Equal([1, 10, 1000, 2000], buckets.Keys);
        Assert.Equal((BucketForm.Fixed, 0, 0, true), (buckets.Form, buckets.First, buckets.Last, buckets.HasSum));
    }

    [Fact]
    public void The_object_gets_addresses_and_ids_of_control_groups()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter("") + "kaddrs:\n  - tcp_prot\n  - 'udp_prot'\n  - tcp_prot\ncgroup_id_map:\n  name: groups\n  type: hash\n  regexps:\n    - ^.*(system.slice/.*)$\n");
        Assert.Equal(["tcp_prot", "udp_prot"], manifest.KernelAddresses);
        var map = Assert.Single(manifest.CgroupIdMaps);
        Assert.Equal("groups", map.Map);
        Assert.Equal(["^.*(system.slice/.*)$"], map.Patterns);
    }

    [Fact]
    public void What_is_null_or_an_empty_list_counts_as_left_out()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter("      labels:\n      flush_interval: ~\n      values: []") + "kaddrs: []\ncgroup_id_map:\ntracing:\nname: anything\n");
        Assert.Empty(Assert.Single(manifest.Metrics).Labels!);
        Assert.Empty(manifest.Remarks);
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_followed()
    {
        var metrics = ExporterSample.Manifest("""
            x-defaults: &defaults {help: Sizes., bucket_type: linear, bucket_max: 9}
            .labels: &bucket
              - {name: bucket, size: 8, decoders: [{name: uint}]}
            metrics:
              histograms:
                - {<<: *defaults, name: reads, labels: *bucket}
                - {<<: *defaults, name: writes, bucket_max: 5, labels: *bucket}
            """).Metrics;
        Assert.Equal([("reads", 9), ("writes", 5)], metrics.Select(metric => (metric.Name, metric.Buckets!.Last)));
    }

    [Fact]
    public void A_map_that_version_1_named_is_remarked()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter("      table: counts") + "    - {name: b, help: B., perf_map: events}\n");
        Assert.Equal(["reads_total", "b"], manifest.Metrics.Select(metric => metric.Map));
        Assert.Equal(
            [
                "/plugins/disk/disk.yaml:5:7: metrics.counters[0].table: no effect, as in ebpf_exporter 2: the map is the one with the metric's name",
                "/plugins/disk/disk.yaml:6:27: metrics.counters[1].perf_map: no effect, as in ebpf_exporter 2: the map is the one with the metric's name",
            ],
            manifest.Remarks.Select(remark => remark.ToString()));
    }

    [Fact]
    public void Spans_beside_metrics_are_remarked()
    {
        var manifest = ExporterSample.Manifest(ExporterSample.Counter("") + "tracing:\n  spans:\n    - ringbuf: spans\n      anything: {}\n");
        Assert.Single(manifest.Metrics);
        Assert.Equal("/plugins/disk/disk.yaml:6:1: tracing: not supported: spans are not made into metrics; the metrics are read", Assert.Single(manifest.Remarks).ToString());
    }

    [Theory]
    [InlineData("{name: uint, static_map: {1: a}}", "5:21: metrics.counters[0].labels[0].decoders[0].static_map: no effect on the decoder \"uint\"; it belongs to \"static_map\"")]
    [InlineData("{name: uint, regexps: [a]}", "5:21: metrics.counters[0].labels[0].decoders[0].regexps: no effect on the decoder \"uint\"; it belongs to \"regexp\"")]
    [InlineData("{name: uint, allow_unknown: false}", "5:21: metrics.counters[0].labels[0].decoders[0].allow_unknown: no effect on the decoder \"uint\"; it belongs to \"static_map\"")]
    public void What_belongs_to_another_decoder_is_remarked(string decoder, string expected)
    {
        var remark = Assert.Single(ExporterSample.Manifest(ExporterSample.Label($"          size: 4\n          decoders: [{decoder}]")).Remarks);
        Assert.Equal(expected[expected.IndexOf(' ', StringComparison.Ordinal)..], " " + remark.Path + ": " + remark.Problem);
        Assert.Equal(8, remark.Position.Line);
    }

    [Theory]
    [InlineData("{name: regexp, regexps: ['(']}", "9:39: metrics.counters[0].labels[0].decoders[0].regexps: regexp is wrong")]
    [InlineData("{name: static_map, static_map: {1: a}}", "9:46: metrics.counters[0].labels[0].decoders[0].static_map: static_map is wrong")]
    [InlineData("{name: uint}", "9:22: metrics.counters[0].labels[0].decoders[0].name: uint is wrong")]
    [InlineData("{name: regexp}", "9:15: metrics.counters[0].labels[0].decoders[0].regexps: missing; expected a list of at least one expression")]
    public void A_decoders_arguments_can_be_checked_where_they_are_written(string decoder, string expected)
    {
        byte[] yaml = Encoding.UTF8.GetBytes(ExporterSample.Label("          size: 4\n          decoders:\n            - " + decoder));
        Assert.Equal("disk.yaml:" + expected, ExporterSample.Message(() => EbpfExporterConfiguration.Parse(yaml, ExporterSample.File, spec => $"{spec.Name} is wrong")));
    }

    private static ManifestMetric Only(string yaml) => Assert.Single(ExporterSample.Manifest(yaml).Metrics);
}
