namespace EbpfAgent.Tests.Configuration.EbpfExporter;

public sealed class ExporterErrorTests
{
    private const string Known = "(known: cgroup, dname, errno, hex, ifname, inet_ip, kstack, ksym, majorminor, pci_class, pci_device, pci_subclass, pci_vendor, regexp, static_map, string, syscall, uint)";
    private const string Labels = "metrics.counters[0].labels";
    private const string MapName = "expected the name of a map in the BPF object: a C identifier";

    [Theory]
    [InlineData("5", "1:1: expected an object; found \"5\"")]
    [InlineData("[]", "1:1: expected an object; found an empty list")]
    [InlineData("{}", "1:1: metrics: missing; expected an object with counters, histograms or both")]
    [InlineData("metrics: {}", "1:10: metrics: nothing in it; expected counters, histograms or both")]
    [InlineData("metrics: 5", "1:10: metrics: expected an object; found \"5\"")]
    [InlineData("metrics:\n  counters: []", "2:3: metrics: nothing in it; expected counters, histograms or both")]
    [InlineData("metrics: {counters: 5}", "1:21: metrics.counters: expected a list of at least one item; found \"5\"")]
    [InlineData("metrics: {counters: [5]}", "1:22: metrics.counters[0]: expected an object; found \"5\"")]
    [InlineData("metrics: {counter: [5], counters: [{name: a, help: h}]}", "1:11: metrics.counter: unknown key; did you mean \"counters\"? (known: counters, histograms)")]
    [InlineData("metric: {}\nmetrics: {counters: [{name: a, help: h}]}", "1:1: metric: unknown key; did you mean \"metrics\"? (known: name, metrics, kaddrs, cgroup_id_map)")]
    [InlineData("programs:\n  - name: timers", "1:1: programs: not supported: this is the form of ebpf_exporter 1, which compiles C; take that of version 2, with an object that clang has made")]
    [InlineData("tracing: {spans: [{ringbuf: r}]}", "1:1: tracing: not supported: spans are not made into metrics, and the file has no metrics; leave it to ebpf_exporter")]
    public void A_document_without_metrics_is_refused(string yaml, string expected) =>
        Check(yaml, expected);

    [Theory]
    [InlineData("- {}", "3:7: metrics.counters[0].name: missing; " + MapName, "3:7: metrics.counters[0].help: missing; expected a sentence that says what is counted")]
    [InlineData("- {name: a}", "3:7: metrics.counters[0].help: missing; expected a sentence that says what is counted")]
    [InlineData("- {name: 'a-b', help: h}", "3:14: metrics.counters[0].name: " + MapName + "; found \"a-b\"")]
    [InlineData("- {name: a, help: ' '}", "3:23: metrics.counters[0].help: expected a sentence that says what is counted; found \" \"")]
    [InlineData("- {name: a, help: h}\n- {name: a, help: h}", "4:14: metrics.counters[1].name: \"a\" is the name, and so the map, of an earlier metric", "4:14: metrics.counters[1].name: \"a\" is the name of an earlier metric")]
    [InlineData("- {name: a, help: h, tables: t}", "3:26: metrics.counters[0].tables: unknown key (known: name, help, perf_event_array, flush_interval, labels, values)")]
    [InlineData("- {name: a, help: h, perf_event_array: 1}", "3:44: metrics.counters[0].perf_event_array: expected true or false; found \"1\"")]
    [InlineData("- {name: a, help: h, perf_event_array: 'true'}", "3:44: metrics.counters[0].perf_event_array: expected true or false; found \"true\"")]
    [InlineData("- {name: a, help: h, flush_interval: 10 seconds}", "3:42: metrics.counters[0].flush_interval: expected a duration, such as 10s; found \"10 seconds\"")]
    [InlineData("- {name: a, help: h, values: [{name: b}]}", "3:35: metrics.counters[0].values[0].help: missing; expected a sentence that says what is counted")]
    [InlineData("- {name: a, help: h, values: [{name: b, help: h}, {name: b, help: h}]}", "3:62: metrics.counters[0].values[1].name: \"b\" is the name of an earlier metric")]
    [InlineData("- {name: a, help: h, values: [{name: c, help: h}]}\n- {name: c, help: h}", "4:14: metrics.counters[1].name: \"c\" is the name of an earlier metric")]
    [InlineData("- {name: a, help: h, perf_event_array: true, values: [{name: b, help: h}]}", "3:58: metrics.counters[0].values: an event has no values; leave out either this or perf_event_array")]
    public void A_mistake_in_a_counter_is_named_with_its_place(string counters, params string[] expected) =>
        Check("metrics:\n  counters:\n" + string.Join('\n', counters.Split('\n').Select(line => "    " + line)), expected);

    [Theory]
    [InlineData("size: 4", "3:3: " + Labels + "[0].decoders: missing; expected a list of at least one decoder, such as - name: uint")]
    [InlineData("decoders: [{name: uint}]", "3:3: " + Labels + "[0].size: missing; expected a number of bytes from 1 to 65536")]
    [InlineData("size: 0, decoders: [{name: uint}]", "3:24: " + Labels + "[0].size: expected a number of bytes from 1 to 65536; found \"0\"")]
    [InlineData("size: '4', decoders: [{name: uint}]", "3:24: " + Labels + "[0].size: expected a number of bytes from 1 to 65536; found \"4\"")]
    [InlineData("size: 65537, decoders: [{name: uint}]", "3:24: " + Labels + "[0].size: expected a number of bytes from 1 to 65536; found \"65537\"")]
    [InlineData("size: 65536, padding: 1, decoders: [{name: uint}]", "3:24: " + Labels + "[0].size: with it the key has 65537 bytes; a key has at most 65536")]
    [InlineData("size: 4, padding: -1, decoders: [{name: uint}]", "3:36: " + Labels + "[0].padding: expected a number of bytes from 0 to 65536; found \"-1\"")]
    [InlineData("size: 4, reuse: 5, decoders: [{name: uint}]", "3:34: " + Labels + "[0].reuse: expected true or false; found \"5\"")]
    [InlineData("sise: 4, size: 4, decoders: [{name: uint}]", "3:18: " + Labels + "[0].sise: unknown key; did you mean \"size\"? (known: name, size, padding, reuse, decoders)")]
    [InlineData("size: 4, decoders: []", "3:3: " + Labels + "[0].decoders: missing; expected a list of at least one decoder, such as - name: uint")]
    [InlineData("size: 4, decoders: [uint]", "3:38: " + Labels + "[0].decoders[0]: expected an object; found \"uint\"")]
    [InlineData("size: 4, decoders: [{}]", "3:38: " + Labels + "[0].decoders[0].name: missing; expected a string")]
    [InlineData("size: 4, decoders: [{name: unit}]", "3:45: " + Labels + "[0].decoders[0].name: there is no decoder \"unit\"; did you mean \"uint\"? " + Known)]
    [InlineData("size: 4, decoders: [{name: tcp_state}]", "3:45: " + Labels + "[0].decoders[0].name: there is no decoder \"tcp_state\" " + Known)]
    [InlineData("size: 4, decoders: [{name: kube_pod_name_from_pid}]", "3:45: " + Labels + "[0].decoders[0].name: the decoder \"kube_pod_name_from_pid\" is not supported, since it asks Kubernetes; take \"cgroup\", whose path has the ids of pod and container")]
    [InlineData("size: 4, decoders: [{name: static_map}]", "3:38: " + Labels + "[0].decoders[0].static_map: missing; expected what each value is to be called, such as 1: read")]
    [InlineData("size: 4, decoders: [{name: static_map, static_map: [a]}]", "3:69: " + Labels + "[0].decoders[0].static_map: expected an object; found a list")]
    [InlineData("size: 4, decoders: [{name: static_map, static_map: {1: }}]", "3:73: " + Labels + "[0].decoders[0].static_map.1: expected a string; found null (leave the key out to take the default)")]
    [InlineData("size: 4, decoders: [{name: static_map, static_map: {1: [a]}}]", "3:73: " + Labels + "[0].decoders[0].static_map.1: expected a string; found a list")]
    [InlineData("size: 4, decoders: [{name: static_map, static_map: {1: a}, allow_unknown: maybe}]", "3:92: " + Labels + "[0].decoders[0].allow_unknown: expected true or false; found \"maybe\"")]
    [InlineData("size: 4, decoders: [{name: regexp}]", "3:38: " + Labels + "[0].decoders[0].regexps: missing; expected a list of at least one expression")]
    [InlineData("size: 4, decoders: [{name: regexp, regexps: a}]", "3:62: " + Labels + "[0].decoders[0].regexps: expected a list of at least one item; found \"a\"")]
    [InlineData("size: 4, decoders: [{name: regexp, regexps: [[a]]}]", "3:63: " + Labels + "[0].decoders[0].regexps[0]: expected a string; found a list")]
    [InlineData("size: 4, decoders: [{name: uint, skip_cache_size: -1}]", "3:68: " + Labels + "[0].decoders[0].skip_cache_size: expected a number of entries from 0 to 2147483647; found \"-1\"")]
    [InlineData("size: 4, decoders: [{name: uint, size: 4}]", "3:51: " + Labels + "[0].decoders[0].size: unknown key (known: name, static_map, regexps, allow_unknown, skip_cache_size, lru_cache_size)")]
    public void A_mistake_in_a_label_is_named_with_its_place(string label, params string[] expected) =>
        Check("metrics:\n  counters: [{name: a, help: h, labels: [\n  {name: device, " + label + "}]}]", expected);

    [Theory]
    [InlineData("1st", "expected a label name: letters, digits and \"_\", not beginning with a digit")]
    [InlineData("a:b", "expected a label name: letters, digits and \"_\", not beginning with a digit")]
    [InlineData("__name__", "expected a label name; those that begin with \"__\" are Prometheus' own")]
    public void A_name_that_no_label_may_have(string name, string expected) =>
        Check($"metrics:\n  counters: [{{name: a, help: h, labels: [\n  {{name: '{name}', size: 4, decoders: [{{name: uint}}]}}]}}]", $"3:10: {Labels}[0].name: {expected}; found \"{name}\"");

    [Fact]
    public void Labels_have_different_names_and_those_of_a_histogram_are_not_le()
    {
        Check(
            "metrics:\n  counters: [{name: a, help: h, labels: [\n  {name: le, size: 4, decoders: [{name: uint}]},\n  {name: le, size: 4, decoders: [{name: uint}]}]}]",
            $"4:10: {Labels}[1].name: \"le\" is the name of an earlier label");
        Check(
            "metrics:\n  histograms: [{name: a, help: h, bucket_type: exp2, bucket_max: 2, labels: [\n  {name: le, size: 4, decoders: [{name: uint}]},\n  {name: le, size: 4, decoders: [{name: uint}]}]}]",
            "3:10: metrics.histograms[0].labels[0].name: expected a label name other than the one that buckets carry; found \"le\"");
    }

    [Theory]
    [InlineData("bucket_max: 5", "3:3: metrics.histograms[0].bucket_type: missing; expected one of \"exp2\", \"exp2zero\", \"linear\", \"fixed\"")]
    [InlineData("bucket_type: log2, bucket_max: 5", "3:35: metrics.histograms[0].bucket_type: expected one of \"exp2\", \"exp2zero\", \"linear\", \"fixed\"; found \"log2\"")]
    [InlineData("bucket_type: exp2", "3:3: metrics.histograms[0].bucket_max: missing; expected the number of a bucket from -2147483648 to 2147483646")]
    [InlineData("bucket_type: exp2, bucket_max: 2147483647", "3:53: metrics.histograms[0].bucket_max: expected the number of a bucket from -2147483648 to 2147483646; found \"2147483647\"")]
    [InlineData("bucket_type: exp2, bucket_max: 26.5", "3:53: metrics.histograms[0].bucket_max: expected the number of a bucket from -2147483648 to 2147483646; found \"26.5\"")]
    [InlineData("bucket_type: exp2, bucket_max: 0", "3:53: metrics.histograms[0].bucket_max: expected a number above bucket_min, which is 0; found 0")]
    [InlineData("bucket_type: linear, bucket_min: 5, bucket_max: 4", "3:70: metrics.histograms[0].bucket_max: expected a number above bucket_min, which is 5; found 4")]
    [InlineData("bucket_type: exp2, bucket_max: 1024", "3:53: metrics.histograms[0].bucket_max: the last bounds are beyond any number")]
    [InlineData("bucket_type: linear, bucket_max: 10000", "3:55: metrics.histograms[0].bucket_max: 10001 buckets; expected at most 10000")]
    [InlineData("bucket_type: exp2, bucket_max: 5, bucket_multiplier: -1", "3:75: metrics.histograms[0].bucket_multiplier: expected a number above 0, such as 0.000001; found \"-1\"")]
    [InlineData("bucket_type: exp2, bucket_max: 5, bucket_multiplier: .inf", "3:75: metrics.histograms[0].bucket_multiplier: expected a number above 0, such as 0.000001; found \".inf\"")]
    [InlineData("bucket_type: fixed", "3:3: metrics.histograms[0].bucket_keys: missing; expected a list of bounds, ascending")]
    [InlineData("bucket_type: fixed, bucket_keys: 5", "3:55: metrics.histograms[0].bucket_keys: expected a list of at least one item; found \"5\"")]
    [InlineData("bucket_type: fixed, bucket_keys: [1, x]", "3:59: metrics.histograms[0].bucket_keys[1]: expected a number up to 2^53; found \"x\"")]
    [InlineData("bucket_type: fixed, bucket_keys: [1, 9007199254740992]", "3:59: metrics.histograms[0].bucket_keys[1]: expected a number up to 2^53; found \"9007199254740992\"")]
    [InlineData("bucket_type: fixed, bucket_keys: [1, 3, 2]", "3:55: metrics.histograms[0].bucket_keys: bounds must ascend, and 2 follows 3")]
    [InlineData("bucket_type: fixed, bucket_keys: [1, 1.0]", "3:55: metrics.histograms[0].bucket_keys: bounds must ascend, and 1 follows 1")]
    public void A_mistake_in_buckets_is_named_with_its_place(string buckets, params string[] expected) =>
        Check("metrics:\n  histograms: [\n  {name: a, help: h, " + buckets + ", labels: [{name: bucket, size: 8, decoders: [{name: uint}]}]}]", expected);

    [Theory]
    [InlineData("", "3:3: metrics.histograms[0].labels: missing; expected a list whose last label is the bucket")]
    [InlineData("labels: 5", "4:13: metrics.histograms[0].labels: expected a list of at least one item; found \"5\"")]
    [InlineData("labels: [{name: b, size: 8, decoders: [{name: hex}]}]", "4:43: metrics.histograms[0].labels[0].decoders: the last label is the bucket, whose number is read as it is; expected the one decoder \"uint\"")]
    [InlineData("labels: [{name: b, size: 8, decoders: [{name: uint}, {name: errno}]}]", "4:43: metrics.histograms[0].labels[0].decoders: the last label is the bucket, whose number is read as it is; expected the one decoder \"uint\"")]
    [InlineData("labels: [{name: b, size: 3, decoders: [{name: uint}]}]", "4:30: metrics.histograms[0].labels[0].size: the last label is the bucket; expected 1, 2, 4 or 8 bytes; found 3")]
    [InlineData("labels: [{name: cpu, size: 2, decoders: [{name: uint}]}]", "4:21: metrics.histograms[0].labels[0].name: the last label is the bucket, and not the CPU; give it another name, such as \"bucket\"")]
    [InlineData("perf_event_array: true, labels: [{name: b, size: 8, decoders: [{name: uint}]}]",
        "4:5: metrics.histograms[0].perf_event_array: unknown key (known: name, help, bucket_type, bucket_min, bucket_multiplier, bucket_max, bucket_keys, labels)")]
    public void A_mistake_in_a_histograms_labels_is_named_with_its_place(string labels, params string[] expected) =>
        Check("metrics:\n  histograms: [\n  {name: a, help: h, bucket_type: exp2, bucket_max: 5,\n    " + labels + "}]", expected);

    [Theory]
    [InlineData("kaddrs: tcp_prot", "5:9: kaddrs: expected a list of at least one item; found \"tcp_prot\"")]
    [InlineData("kaddrs: [tcp-prot]", "5:10: kaddrs[0]: expected the name of a kernel symbol: a C identifier; found \"tcp-prot\"")]
    [InlineData("cgroup_id_map: {}", "5:16: cgroup_id_map.name: missing; " + MapName, "5:16: cgroup_id_map.regexps: missing; expected a list of at least one expression")]
    [InlineData("cgroup_id_map: {name: m, type: cgrp_storage, regexps: [a]}", "5:32: cgroup_id_map.type: \"cgrp_storage\" is not supported; take a hash of ids (\"hash\")")]
    [InlineData("cgroup_id_map: {name: m, type: array, regexps: [a]}", "5:32: cgroup_id_map.type: expected one of \"hash\", \"cgrp_storage\"; found \"array\"")]
    [InlineData("cgroup_id_map: {name: m, regexp: [a]}", "5:16: cgroup_id_map.regexps: missing; expected a list of at least one expression",
        "5:26: cgroup_id_map.regexp: unknown key; did you mean \"regexps\"? (known: name, type, regexps)")]
    public void A_mistake_in_what_the_object_gets_is_named_with_its_place(string lines, params string[] expected) => Check(ExporterSample.Counter("").TrimEnd('\n') + "\n" + lines, expected);

    [Fact]
    public void All_mistakes_are_named_at_once_in_the_order_of_their_lines() =>
        Check(
            "metrics:\n  counters:\n    - name: a\n      labels:\n        - name: x\n          size: big\n          decoders: [{name: uint}]\n  histograms:\n    - name: a\n      help: h\n",
            "3:7: metrics.counters[0].help: missing; expected a sentence that says what is counted",
            "6:17: metrics.counters[0].labels[0].size: expected a number of bytes from 1 to 65536; found \"big\"",
            "9:7: metrics.histograms[0].bucket_type: missing; expected one of \"exp2\", \"exp2zero\", \"linear\", \"fixed\"",
            "9:7: metrics.histograms[0].bucket_max: missing; expected the number of a bucket from -2147483648 to 2147483646",
            "9:7: metrics.histograms[0].labels: missing; expected a list whose last label is the bucket",
            "9:13: metrics.histograms[0].name: \"a\" is the name, and so the map, of an earlier metric",
            "9:13: metrics.histograms[0].name: \"a\" is the name of an earlier metric");

    private static void Check(string yaml, params string[] expected) => Assert.Equal(expected.Select(line => "disk.yaml:" + line), ExporterSample.Error(yaml).Split('\n'));
}
