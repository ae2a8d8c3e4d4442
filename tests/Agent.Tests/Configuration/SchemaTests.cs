using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>The schemas that editors use, and the code that decides, must not come apart.</summary>
public sealed partial class SchemaTests
{
    private static readonly JsonNode Agent = Read("agent.schema.json");
    private static readonly JsonNode Manifest = Read("plugins/plugin.schema.json");

    /// <summary>Each object of the agent's schema, and a document with the key "?" in that object.</summary>
    public static TheoryData<string, string> AgentObjects => new()
    {
        { "", """{"?": 0}""" },
        { "properties/limits", """{"limits": {"?": 0}}""" },
        { "properties/plugins/additionalProperties", """{"plugins": {"A": {"?": 0}}}""" },
        { "properties/plugins/additionalProperties/properties/limits", """{"plugins": {"A": {"limits": {"?": 0}}}}""" },
    };

    [Theory]
    [MemberData(nameof(AgentObjects))]
    public void The_agents_schema_and_the_reader_know_the_same_keys(string place, string json)
    {
        var schema = At(Agent, place);
        Assert.Equal(Keys(schema), KnownKeys(Sample.AgentError(json)));
        Assert.False((bool)schema["additionalProperties"]!);
    }

    [Theory]
    [InlineData("", """{"?": 0}""")]
    [InlineData("properties/metrics/items", """{"metrics": [{"?": 0}]}""")]
    [InlineData("definitions/label", """{"metrics": [{"labels": [{"?": 0}]}]}""")]
    [InlineData("definitions/buckets", """{"metrics": [{"buckets": {"?": 0}}]}""")]
    [InlineData("definitions/program", """{"programs": {"p": {"?": 0}}}""")]
    [InlineData("definitions/program/properties/uprobe", """{"programs": {"p": {"uprobe": {"?": 0}}}}""")]
    [InlineData("definitions/program/properties/usdt", """{"programs": {"p": {"usdt": {"?": 0}}}}""")]
    [InlineData("definitions/program/properties/kprobe", """{"programs": {"p": {"kprobe": {"?": 0}}}}""")]
    [InlineData("definitions/program/properties/perfEvent", """{"programs": {"p": {"perfEvent": {"?": 0}}}}""")]
    [InlineData("definitions/program/properties/xdp", """{"programs": {"p": {"xdp": {"?": 0}}}}""")]
    [InlineData("definitions/program/properties/tc", """{"programs": {"p": {"tc": {"?": 0}}}}""")]
    [InlineData("definitions/cgroupIds", """{"cgroupIds": [{"?": 0}]}""")]
    public void The_manifests_schema_and_the_reader_know_the_same_keys(string place, string json)
    {
        var schema = At(Manifest, place);
        string message = Sample.ManifestError(json);
        Assert.Equal(Keys(schema), KnownKeys(message));
        Assert.False((bool)schema["additionalProperties"]!);
        foreach (string? required in schema["required"]!.AsArray().Select(k => (string?)k))
            Assert.Contains($"{required}: missing;", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_object_of_the_schemas_is_walked_above() =>
        Assert.Equal(AgentObjects.Count + 12, ClosedObjects(Agent).Count() + ClosedObjects(Manifest).Count());

    [Fact]
    public void The_schemas_defaults_are_the_readers()
    {
        var written = new JsonObject();
        foreach (var (key, schema) in Agent["properties"]!.AsObject())
        {
            if (schema!["default"] is { } value)
                written[key] = value.DeepClone();
        }
        written["limits"] = Defaults(At(Agent, "properties/limits"));
        Assert.Equal(12, written.Count);
        Assert.Equal(9, written["limits"]!.AsObject().Count);
        AssertSame(Sample.Agent("{}"), Sample.Agent(written.ToJsonString()));
    }

    [Theory]
    [InlineData("maxSeries")]
    [InlineData("maxLabelLength")]
    [InlineData("scriptStatements")]
    public void The_schemas_ranges_are_the_readers(string key)
    {
        foreach (string limits in new[] { "properties/limits", "properties/plugins/additionalProperties/properties/limits" })
        {
            var schema = At(Agent, $"{limits}/properties/{key}");
            int min = (int)schema["minimum"]!, max = (int)schema["maximum"]!;
            Assert.Contains($"from {min} to {max}", Sample.AgentError(Limit(key, min - 1)), StringComparison.Ordinal);
            Assert.Contains($"from {min} to {max}", Sample.AgentError(Limit(key, max + 1)), StringComparison.Ordinal);
            Sample.Agent(Limit(key, min));
            Sample.Agent(Limit(key, max));
        }
    }

    [Theory]
    [InlineData("scriptTimeout")]
    [InlineData("scriptMemory")]
    [InlineData("loadTimeout")]
    [InlineData("expireGone")]
    [InlineData("expireUnchanged")]
    public void The_ranges_in_the_schemas_descriptions_are_the_readers(string key)
    {
        string description = (string)At(Agent, $"properties/limits/properties/{key}")["description"]!;
        string range = Range().Match(description).Value;
        Assert.NotEqual("", range);
        Assert.Contains(range, Sample.AgentError(Limit(key, 0)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("interval", "5s 500ms 1m30s 0.5s 1h scrape", "5 s -5s 1s1m 1.s Scrape")]
    [InlineData("listen", "127.0.0.1:8435 [::1]:80 [fe80::1%2]:80 localhost:80 *:80",
        "80 :80 ::1:80 Localhost:80 example.org:80 127.0.0.1:http")]
    [InlineData("maxScrapeSize", "1MiB 1048576B 4GiB", "4 4GB 1.5GiB -1MiB")]
    [InlineData("stateFolder", "/run/x state ../x ~x", "~ ~/x")]
    [InlineData("pinFolder", "/sys/fs/bpf/x", "~ ~/x")]
    [InlineData("reloadEndpoint", "loopback on off", "true Off")]
    [InlineData("metricPrefix", "ebpf_ :x x9", "9x a-b é")]
    [InlineData("logFormat", "text json", "Text xml")]
    [InlineData("logLevel", "debug information warning error", "info trace Debug")]
    public void The_schemas_patterns_agree_with_the_reader(string key, string legal, string illegal)
    {
        var schema = At(Agent, $"properties/{key}");
        foreach (string value in legal.Split(' '))
        {
            Assert.True(Accepts(schema, value), value);
            Sample.Agent(new JsonObject { [key] = value }.ToJsonString());
        }
        foreach (string value in illegal.Split(' '))
        {
            Assert.False(Accepts(schema, value), value);
            string message = Sample.AgentError(new JsonObject { [key] = value }.ToJsonString());
            Assert.Contains($": {key}: expected", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("overflow", "other drop", "Other keep")]
    [InlineData("expireGone", "never 1s 5m 1h30m 1000h", "Never 5 -5m")]
    [InlineData("expireUnchanged", "never 24h", "never1s nevr")]
    public void The_schemas_patterns_of_limits_agree_with_the_reader(string key, string legal, string illegal)
    {
        foreach (string limits in new[] { "properties/limits", "properties/plugins/additionalProperties/properties/limits" })
        {
            var schema = At(Agent, $"{limits}/properties/{key}");
            foreach (string value in legal.Split(' '))
            {
                Assert.True(Accepts(schema, value), value);
                Sample.Agent(Limit(key, value));
            }
            foreach (string value in illegal.Split(' '))
            {
                Assert.False(Accepts(schema, value), value);
                Assert.Contains($": limits.{key}: expected", Sample.AgentError(Limit(key, value)), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("a.bpf.o", true)]
    [InlineData("build/a.o", true)]
    [InlineData("..a/b..", true)]
    [InlineData("./a", true)]
    [InlineData("/a", false)]
    [InlineData("../a", false)]
    [InlineData("a/../b", false)]
    [InlineData("a/..", false)]
    [InlineData("..", false)]
    [InlineData("a/", false)]
    [InlineData("~/a", false)]
    [InlineData("", false)]
    public void The_schemas_paths_agree_with_the_reader(string path, bool legal)
    {
        Assert.Equal(legal, Accepts(At(Manifest, "properties/object"), path));
        Assert.Equal(legal, Accepts(At(Manifest, "properties/metrics/items/properties/script"), path));
        string json = PluginManifestTests.Minimal.Replace("a.bpf.o", path, StringComparison.Ordinal);
        var exception = Record.Exception(() => Sample.Manifest(json));
        Assert.Equal(legal, exception is null);
    }

    [Fact]
    public void The_default_configuration_is_the_documented_defaults() =>
        AssertSame(Sample.Agent("{}"), Parse(ReadText("agent.json")) with { Plugins = Sample.Agent("{}").Plugins });

    [Fact]
    public void What_is_commented_out_in_the_default_configuration_is_legal_and_the_defaults()
    {
        string text = CommentedOut().Replace(ReadText("agent.json"), "$1");
        foreach (string key in Keys(Agent).Concat(Keys(At(Agent, "properties/limits"))))
            Assert.Matches($"(?m)^ *\"{key}\":", text);
        var agent = Parse(text);
        AssertSame(Sample.Agent("{}"), agent with { Plugins = Sample.Agent("{}").Plugins });
        Assert.Equal(1000, agent.For("DiskLatency").Limits.MaxSeries);
        Assert.Equal("/etc/ebpf-agent/scripts/disk.js", agent.For("DiskLatency").Scripts["disk_io_latency"]);
        Assert.True(agent.For("RunQueueLatency").Interval.IsOnScrape);
        Assert.False(agent.For("syscall-latency").Enabled);
    }

    [Fact]
    public void The_default_configuration_names_its_schema() =>
        Assert.Contains("\"$schema\": \"./agent.schema.json\"", ReadText("agent.json"), StringComparison.Ordinal);

    private static AgentConfiguration Parse(string json) =>
        AgentConfigurationLoader.Parse(Encoding.UTF8.GetBytes(json), Sample.AgentFile, []);

    // Records compare collections by reference.
    private static void AssertSame(AgentConfiguration expected, AgentConfiguration actual)
    {
        Assert.Equal(expected.PluginFolders, actual.PluginFolders);
        Assert.Equal(expected.Plugins, actual.Plugins);
        Assert.Equal(expected, actual with { PluginFolders = expected.PluginFolders, Plugins = expected.Plugins });
    }

    private static string Limit(string key, JsonNode value) =>
        new JsonObject { ["limits"] = new JsonObject { [key] = value } }.ToJsonString();

    private static bool Accepts(JsonNode schema, string value) =>
        schema["enum"] is { } words
            ? words.AsArray().Any(w => (string?)w == value)
            : Regex.IsMatch(value, (string)schema["pattern"]!, RegexOptions.ECMAScript);

    private static JsonObject Defaults(JsonNode schema) =>
        new(schema["properties"]!.AsObject().Select(p => KeyValuePair.Create(p.Key, p.Value!["default"]?.DeepClone())));

    private static IEnumerable<string> Keys(JsonNode schema) =>
        schema["properties"]!.AsObject().Select(p => p.Key).Where(k => k != "$schema");

    private static IEnumerable<JsonNode> ClosedObjects(JsonNode? node) => node switch
    {
        JsonObject o when o["additionalProperties"] is JsonValue => [o, .. o.SelectMany(p => ClosedObjects(p.Value))],
        JsonObject o => o.SelectMany(p => ClosedObjects(p.Value)),
        _ => [],
    };

    private static string[] KnownKeys(string message) => Known().Match(message).Groups[1].Value.Split(", ");

    private static JsonNode At(JsonNode root, string place) =>
        place.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, key) => node[key]!);

    private static JsonNode Read(string file) => JsonNode.Parse(ReadText(file))!;

    private static string ReadText(string file) => File.ReadAllText(Path.Combine(Sample.RepositoryRoot(), file));

    [GeneratedRegex("""\?.*unknown key \(known: (.*)\)""")]
    private static partial Regex Known();

    [GeneratedRegex("from [0-9]+[A-Za-z]+ to [0-9]+[A-Za-z]+")]
    private static partial Regex Range();

    [GeneratedRegex("""(?m)^( *)// (?=")(?=.*[,]$)""")]
    private static partial Regex CommentedOut();
}
