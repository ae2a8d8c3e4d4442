using EbpfAgent.Abstractions;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Configuration;

/// <summary>All that a manifest can say of metrics, labels, buckets, programs and settings, and what it can't.</summary>
public sealed class ManifestGrammarTests
{
    [Fact]
    public void A_map_and_a_name_are_enough()
    {
        ManifestMetric metric = Metric("""{"map": "m", "name": "n"}""");
        Assert.Equal(("From the map m.", MetricKind.Histogram, CpuFolding.Sum), (metric.Help, metric.Kind, metric.Cpus));
        Assert.Null(metric.Labels);
        Assert.Null(metric.ScriptPath);
    }

    [Theory]
    [InlineData("counter", nameof(MetricKind.Counter), "label", CpuFolding.Label)]
    [InlineData("gauge", nameof(MetricKind.Gauge), "max", CpuFolding.Max)]
    [InlineData("gauge", nameof(MetricKind.Gauge), "min", CpuFolding.Min)]
    [InlineData("gauge", nameof(MetricKind.Gauge), "last", CpuFolding.Last)]
    [InlineData("histogram", nameof(MetricKind.Histogram), "sum", CpuFolding.Sum)]
    public void Types_and_CPUs_are_words(string type, string kind, string cpus, CpuFolding folding)
    {
        ManifestMetric metric = Metric($$"""{"map": "m", "name": "n", "type": "{{type}}", "cpus": "{{cpus}}", "value": "io.bytes"}""");
        Assert.Equal((kind, folding, "io.bytes"), (metric.Kind.ToString(), metric.Cpus, metric.ValueField));
    }

    [Theory]
    [InlineData("""["device", "remote.port"]""", "device=device[] remote_port=remote.port[]")]
    [InlineData("""[{"name": "error", "field": "err", "decode": "errno"}]""", "error=err[errno]")]
    [InlineData("""[{"field": "a.b"}]""", "a_b=a.b[]")]
    [InlineData("""[{"name": "x", "decode": ["uint", {"static_map": {"1": "read", "2": 3}, "default": "other"}]}]""", "x=[uint,static_map(1:read,2:3|other)]")]
    [InlineData("""[{"name": "x", "decode": {"static_map": {"1": "a"}, "allowUnknown": true}}]""", "x=[static_map(1:a|*)]")]
    [InlineData("""[{"name": "x", "decode": ["string", {"regexp": "^(a+)"}]}]""", "x=[string,regexp(^(a+))]")]
    [InlineData("""[{"name": "x", "decode": {"regexp": ["a", "b"]}}]""", "x=[regexp(a,b)]")]
    [InlineData("""[{"name": "x", "decode": {"ip": {"order": "host"}}}]""", "x=[ip{order=host}]")]
    [InlineData("""[{"name": "x", "decode": {"ip": "host"}}]""", "x=[ip{order=host}]")]
    [InlineData("""[{"name": "x", "decode": {"ustack": "pid"}}]""", "x=[ustack<pid>]")]
    [InlineData("""[{"name": "x", "decode": {"ksym": true}}]""", "x=[ksym]")]
    [InlineData("[]", "")]
    public void Labels_are_fields_with_chains_of_decoders(string labels, string expected) =>
        Assert.Equal(expected, string.Join(' ', Metric($$"""{"map": "m", "name": "n", "labels": {{labels}}}""").Labels!.Select(Text)));

    [Theory]
    [InlineData("\"labels\": \"a\"", "metrics[0].labels: expected a list of fields of the key, which may be empty; found \"a\"")]
    [InlineData("\"labels\": [5]", "metrics[0].labels[0]: expected a field by its name in C, such as \"bytes\" or \"io.bytes\"; found 5")]
    [InlineData("\"labels\": [{}]", "metrics[0].labels[0]: says neither a \"name\" nor a \"field\"; give the field of the key, the label's name, or both")]
    [InlineData("\"labels\": [{\"name\": \"a-b\"}]", "metrics[0].labels[0].name: expected a label name: letters, digits and \"_\", not beginning with a digit or with \"__\"; found \"a-b\"")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": \"unit\"}]", "metrics[0].labels[0].decode: there is no decoder 'unit'; there are address_family, ")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": 5}]", "metrics[0].labels[0].decode: expected a decoder's name, an object with one key that is the decoder's name, or a list of these; found 5")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": {\"default\": \"x\"}}]", "metrics[0].labels[0].decode: names no decoder; there are ")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": {\"uint\": true, \"hex\": true}}]", "metrics[0].labels[0].decode.uint: the step is \"hex\" already; give each decoder an object of its own")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": {\"regexp\": \"(?=a)\"}}]", "metrics[0].labels[0].decode: ")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": {\"uint\": \"x\"}}]", "metrics[0].labels[0].decode.uint: the decoder 'uint' takes no text")]
    [InlineData("\"labels\": [{\"name\": \"a\", \"decode\": \"static_map\"}]", "metrics[0].labels[0].decode: the decoder 'static_map' needs a map")]
    [InlineData("\"labels\": [\"a\"], \"script\": \"d.js\"", "metrics[0].script: the labels are said twice: by \"labels\" and by a script; leave one of them out")]
    [InlineData("\"type\": \"summary\"", "metrics[0].type: expected one of \"histogram\", \"counter\", \"gauge\"; found \"summary\"")]
    [InlineData("\"type\": \"counter\", \"buckets\": {\"form\": \"exp2\", \"last\": 3}", "metrics[0].buckets: only a histogram has buckets; leave them out, or the type")]
    [InlineData("\"buckets\": {\"form\": \"log\"}", "metrics[0].buckets.form: expected one of \"exp2\", \"exp2zero\", \"linear\", \"fixed\"; found \"log\"")]
    [InlineData("\"buckets\": {\"form\": \"exp2\"}", "metrics[0].buckets: last: missing; expected the number of the last bucket")]
    [InlineData("\"buckets\": {\"form\": \"exp2\", \"first\": 5, \"last\": 4}", "metrics[0].buckets.last: expected at least the first bucket's number, 5; found 4")]
    [InlineData("\"buckets\": {\"form\": \"fixed\"}", "metrics[0].buckets: keys: missing; expected a list of the buckets' bounds, ascending")]
    [InlineData("\"buckets\": {\"form\": \"fixed\", \"keys\": [5, 5]}", "metrics[0].buckets.keys: bounds must ascend, and 5 follows 5")]
    [InlineData("\"buckets\": {\"form\": \"linear\", \"last\": 2000000000}", "metrics[0].buckets.last: 2000000001 buckets; expected at most 10000")]
    public void A_metric_that_is_wrong_is_named_with_its_place(string settings, string expected) =>
        Assert.Contains(expected, Sample.ManifestError($$"""{"object": "a.bpf.o", "metrics": [{"map": "m", "name": "n", {{settings}}}]}"""), StringComparison.Ordinal);

    [Fact]
    public void Buckets_say_what_their_numbers_mean()
    {
        BucketSettings buckets = Metric("""{"map": "m", "name": "n", "buckets": {"field": "key.slot", "form": "exp2zero", "first": 1, "last": 26, "multiplier": 1e-6, "sum": true}}""").Buckets!;
        Assert.Equal(("key.slot", BucketForm.Exp2Zero, 1, 26, 1e-6, true), (buckets.Field, buckets.Form, buckets.First, buckets.Last, buckets.Multiplier, buckets.HasSum));
        Assert.Equal([1.0, 5], Metric("""{"map": "m", "name": "n", "buckets": {"form": "fixed", "keys": [1, 5]}}""").Buckets!.Keys);
    }

    [Fact]
    public void Every_kind_of_attachment_is_read()
    {
        IReadOnlyDictionary<string, ProgramOptions> programs = Sample.Manifest("""
            {"object": "a.bpf.o", "programs": {
              "a": { "uprobe": { "binary": "libc", "symbol": "malloc", "offset": 4, "return": true, "pid": 7 } },
              "b": { "usdt": { "binary": "/bin/x", "provider": "p", "name": "n" } },
              "c": { "kprobe": { "functions": ["one", "two"] }, "optional": true },
              "d": { "perfEvent": { "type": "software", "event": "page-faults", "period": 1 } },
              "e": { "perfEvent": { "type": 4, "event": 18446744073709551615, "frequency": 99 } },
              "f": { "xdp": { "interfaces": ["eth0"], "mode": "generic" } },
              "g": { "tc": { "interfaces": ["eth0", "lo"], "direction": "egress", "priority": 3 } },
              "h": { "cgroup": "/system.slice" },
              "i": { "insteadOf": "c" }
            }}
            """).Programs;
        Assert.Equal(9, programs.Count);
        var uprobe = Assert.IsType<UprobeAttachment>(programs["a"].Attachment);
        Assert.Equal(("libc", "malloc", 4UL, true, 7), (uprobe.Binary, uprobe.Symbol, uprobe.Offset, uprobe.IsReturn, uprobe.ProcessId));
        var usdt = Assert.IsType<UsdtAttachment>(programs["b"].Attachment);
        Assert.Equal(("/bin/x", "p", "n", null), (usdt.Binary, usdt.Provider, usdt.Name, usdt.ProcessId));
        Assert.Equal(["one", "two"], Assert.IsType<KprobeAttachment>(programs["c"].Attachment).Functions);
        Assert.True(programs["c"].IsOptional);
        var faults = Assert.IsType<PerfEventAttachment>(programs["d"].Attachment);
        Assert.Equal((1u, 2UL, 1UL, 0UL), (faults.Type, faults.Config, faults.Period, faults.Frequency));
        var raw = Assert.IsType<PerfEventAttachment>(programs["e"].Attachment);
        Assert.Equal((4u, ulong.MaxValue, 0UL, 99UL), (raw.Type, raw.Config, raw.Period, raw.Frequency));
        Assert.True(Assert.IsType<XdpAttachment>(programs["f"].Attachment).IsGeneric);
        var tc = Assert.IsType<TrafficControlAttachment>(programs["g"].Attachment);
        Assert.Equal((true, (ushort)3, 2), (tc.IsEgress, tc.Priority, tc.Interfaces.Count));
        Assert.Equal("/system.slice", Assert.IsType<CgroupAttachment>(programs["h"].Attachment).Path);
        Assert.Equal("c", programs["i"].InsteadOf);
    }

    [Theory]
    [InlineData("""{"uprobe": {"binary": "libc"}}""", "programs.p.uprobe: says no place in the binary; name a \"symbol\", or an \"offset\" from the beginning of the file")]
    [InlineData("""{"uprobe": {"symbol": "x"}}""", "programs.p.uprobe.binary: missing; expected a binary: an absolute path, or a name such as \"libc\" or \"bash\"")]
    [InlineData("""{"xdp": {"interfaces": ["a"]}, "cgroup": "/"}""", "programs.p.cgroup: the program is attached by \"xdp\" already; a program is attached in one way")]
    [InlineData("""{"xdp": {}}""", "programs.p.xdp.interfaces: missing; expected a list of the names of network interfaces")]
    [InlineData("""{"tc": {"interfaces": ["a"]}}""", "programs.p.tc.direction: missing; expected one of \"ingress\", \"egress\"")]
    [InlineData("""{"cgroup": "a"}""", "programs.p.cgroup: expected a control group by its path below the root of version 2, such as \"/system.slice\"; found \"a\"")]
    [InlineData("""{"perfEvent": {"type": "software", "event": "page-fault", "period": 1}}""", "programs.p.perfEvent.event: expected an event: one of \"cpu-clock\", ")]
    [InlineData("""{"perfEvent": {"type": 1, "event": 0}}""", "programs.p.perfEvent: expected either a \"period\", in events, or a \"frequency\", in runs a second")]
    public void A_program_that_is_wrong_is_named_with_its_place(string program, string expected) =>
        Assert.Contains(expected, Sample.ManifestError($$"""{"object": "a.bpf.o", "programs": {"p": {{program}} } }"""), StringComparison.Ordinal);

    [Fact]
    public void Settings_keep_their_types()
    {
        PluginManifest manifest = Sample.Manifest("""
            {"object": "a.bpf.o", "settings": {"a": 18446744073709551615, "b": -5, "c": true, "d": "text", "e": 0.5}, "kernelAddresses": ["tcp_prot"],
             "cgroupIds": [{"map": "ids", "patterns": ["^/a", "b$"]}]}
            """);
        Assert.Equal([ulong.MaxValue, -5L, true, "text", 0.5], manifest.Settings.Values);
        Assert.Equal(["tcp_prot"], manifest.KernelAddresses);
        Assert.Equal(("ids", 2), (manifest.CgroupIdMaps[0].Map, manifest.CgroupIdMaps[0].Patterns.Count));
        Assert.Empty(manifest.Metrics);
    }

    [Theory]
    [InlineData("\"settings\": {\"a\": []}", "settings.a: expected a number, true or false, or a text; found an empty list")]
    [InlineData("\"settings\": 5", "settings: expected an object; found 5")]
    [InlineData("\"cgroupIds\": [{\"map\": \"m\"}]", "cgroupIds[0].patterns: missing; expected a list of regular expressions on the paths of control groups")]
    [InlineData("\"kernelAddresses\": [\"a b\"]", "kernelAddresses[0]: expected a C identifier; found \"a b\"")]
    public void A_setting_that_is_wrong_is_named_with_its_place(string settings, string expected) =>
        Assert.Contains(expected, Sample.ManifestError($$"""{"object": "a.bpf.o", {{settings}}}"""), StringComparison.Ordinal);

    private static ManifestMetric Metric(string json) => Assert.Single(Sample.Manifest($$"""{"object": "a.bpf.o", "metrics": [{{json}}]}""").Metrics);

    private static string Text(LabelSpec label) => $"{label.Name}={label.Field}[{string.Join(',', label.Decoders.Select(Text))}]";

    private static string Text(DecoderSpec step)
    {
        string map = step.Map is null ? "" : $"({string.Join(',', step.Map.Select(static pair => $"{pair.Key}:{pair.Value}"))}{(step.Default is { } other ? "|" + other : "")}{(step.AllowUnknown ? "|*" : "")})";
        string items = step.Items is null ? "" : $"({string.Join(',', step.Items)})";
        string options = step.Options.Count == 0 ? "" : $"{{{string.Join(',', step.Options.Select(static pair => $"{pair.Key}={pair.Value}"))}}}";
        return $"{step.Name}{map}{items}{options}{(step.OtherField is { } field ? $"<{field}>" : "")}";
    }
}
