using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class PluginManifestTests
{
    public const string Minimal =
        """{"object": "a.bpf.o", "metrics": [{"map": "m", "name": "n_seconds", "help": "Time.", "script": "d.js"}]}""";

    private const string InFolder = "expected a file inside the plugin's folder, by its relative path without \"..\", such as ";
    private const string ObjectInFolder = InFolder + "\"disk_latency.bpf.o\"";
    private const string ScriptInFolder = InFolder + "\"decode.js\"";
    private const string Name = "expected a metric name: letters, digits, \"_\" and \":\", not beginning with a digit";

    [Fact]
    public void Every_key_is_read()
    {
        var manifest = Sample.Manifest("""
            {
              "$schema": "../plugin.schema.json",
              // The object is built beside it.
              "object": "build/syscalls.bpf.o",
              "metrics": [
                { "map": "latency", "name": "syscall_latency_seconds", "help": "Time in system calls.",
                  "script": "./decode.js", "scale": 1e-9, "maxSeries": 500 },
                { "map": "sizes", "name": "read_bytes", "help": "Bytes read.", "script": "decode.js" },
              ],
            }
            """);
        Assert.Equal((Sample.ManifestFile, Sample.PluginFolder), (manifest.File, manifest.Folder));
        Assert.Equal("/plugins/syscalls/build/syscalls.bpf.o", manifest.ObjectPath);
        Assert.Equal(
            [
                new ManifestMetric
                {
                    Map = "latency",
                    Name = "syscall_latency_seconds",
                    Help = "Time in system calls.",
                    ScriptPath = "/plugins/syscalls/decode.js",
                    Scale = 1e-9,
                    MaxSeries = 500,
                    Position = new JsonPosition(Sample.ManifestFile, 6, 5),
                },
                new ManifestMetric
                {
                    Map = "sizes",
                    Name = "read_bytes",
                    Help = "Bytes read.",
                    ScriptPath = "/plugins/syscalls/decode.js",
                    Position = new JsonPosition(Sample.ManifestFile, 8, 5),
                },
            ],
            manifest.Metrics);
    }

    [Theory]
    [InlineData("a.bpf.o", "../a.bpf.o", "1:12: object: " + ObjectInFolder + "; found \"../a.bpf.o\"")]
    [InlineData("a.bpf.o", "x/../../syscalls/a", "1:12: object: " + ObjectInFolder + "; found \"x/../../syscalls/a\"")]
    [InlineData("a.bpf.o", "/a.bpf.o", "1:12: object: " + ObjectInFolder + "; found \"/a.bpf.o\"")]
    [InlineData("a.bpf.o", "~/a.bpf.o", "1:12: object: " + ObjectInFolder + "; found \"~/a.bpf.o\"")]
    [InlineData("a.bpf.o", "", "1:12: object: " + ObjectInFolder + "; found \"\"")]
    [InlineData("a.bpf.o", ".", "1:12: object: " + ObjectInFolder + "; found \".\"")]
    [InlineData("a.bpf.o", "build/", "1:12: object: " + ObjectInFolder + "; found \"build/\"")]
    [InlineData("a.bpf.o", "a\\u0000b", "1:12: object: " + ObjectInFolder + "; found \"a\\u0000b\"")]
    [InlineData("d.js", "..", "1:96: metrics[0].script: " + ScriptInFolder + "; found \"..\"")]
    [InlineData("n_seconds", "1n", "1:56: metrics[0].name: " + Name + "; found \"1n\"")]
    [InlineData("n_seconds", "n-seconds", "1:56: metrics[0].name: " + Name + "; found \"n-seconds\"")]
    [InlineData("n_seconds", "sécondes", "1:56: metrics[0].name: " + Name + "; found \"sécondes\"")]
    [InlineData("n_seconds", "", "1:56: metrics[0].name: " + Name + "; found \"\"")]
    [InlineData("Time.", " ", "1:77: metrics[0].help: expected a sentence that says what is counted; found \" \"")]
    [InlineData("\"m\"", "5", "1:43: metrics[0].map: expected the name of a map in the BPF object: a C identifier; found 5")]
    [InlineData("\"m\"", "\"a:b\"", "1:43: metrics[0].map: expected the name of a map in the BPF object: a C identifier; found \"a:b\"")]
    [InlineData("\"map\"", "\"scale\": 0, \"map\"", "1:45: metrics[0].scale: expected a number above 0, such as 1e-9; found 0")]
    [InlineData("\"map\"", "\"scale\": 1e999, \"map\"", "1:45: metrics[0].scale: expected a number above 0, such as 1e-9; found 1e999")]
    [InlineData("\"map\"", "\"scale\": \"1\", \"map\"", "1:45: metrics[0].scale: expected a number above 0, such as 1e-9; found \"1\"")]
    [InlineData("\"map\"", "\"maxSeries\": 0, \"map\"", "1:49: metrics[0].maxSeries: expected a whole number from 1 to 1000000; found 0")]
    [InlineData("\"map\"", "\"maps\": 0, \"map\"",
        "1:36: metrics[0].maps: unknown key; did you mean \"map\"? (known: map, name, help, type, labels, script, value, cpus, buckets, event, scale, maxSeries)")]
    [InlineData("\"object\"", "\"objects\": 0, \"object\"", "1:2: objects: unknown key; did you mean \"object\"? (known: object, metrics, programs, settings, kernelAddresses, cgroupIds)")]
    public void A_mistake_is_named_with_its_place(string replaced, string with, string expected) =>
        Assert.Equal("plugin.json:" + expected, Sample.ManifestError(Minimal.Replace(replaced, with, StringComparison.Ordinal)));

    [Fact]
    public void What_is_missing_is_named_at_the_object_that_lacks_it()
    {
        Assert.Equal(
            [
                "plugin.json:1:1: object: missing; " + ObjectInFolder + " (the folder has no *.bpf.o; compile the program into it)",
            ],
            Sample.ManifestError("{}").Split('\n'));
        Assert.Equal(
            [
                "plugin.json:1:32: metrics[0].map: missing; expected the name of a map in the BPF object: a C identifier",
                "plugin.json:1:32: metrics[0].name: missing; " + Name,
                "plugin.json:1:36: metrics[1]: expected an object; found 5",
            ],
            Sample.ManifestError("""{"object": "a.o", "metrics": [ {}, 5]}""").Split('\n'));
    }

    [Theory]
    [InlineData("[]", "an empty list")]
    [InlineData("{}", "an object")]
    [InlineData("null", "null (leave the key out to take the default)")]
    public void A_manifest_without_metrics_is_refused_once(string metrics, string found) =>
        Assert.Equal(
            $"plugin.json:1:30: metrics: expected a list of at least one item; found {found}",
            Sample.ManifestError($$"""{"object": "a.o", "metrics": {{metrics}}}"""));

    [Fact]
    public void A_name_belongs_to_one_metric() =>
        Assert.Equal(
            [
                "plugin.json:4:25: metrics[1].name: \"n\" is the name of an earlier metric",
            ],
            Sample.ManifestError("""
                {
                 "object": "a.o", "metrics": [
                  {"map": "m", "name": "n", "help": "h", "script": "d.js"},
                   {"map": "m", "name": "n", "help": "h", "script": "d.js"}
                 ]
                }
                """).Split('\n'));
}
