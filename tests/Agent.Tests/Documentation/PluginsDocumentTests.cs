using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Documentation;

/// <summary>What <c>docs/plugins.md</c> shows and says is true. Its plugins run in the kernel's tests.</summary>
public sealed partial class PluginsDocumentTests(DocumentedPlugins plugins) : IClassFixture<DocumentedPlugins>
{
    // A project has it without saying so.
    private const string ImplicitUsing = "using System.Collections.Generic;\n";

    private static readonly string[] Names =
    [
        "allocations", "cpu-runs", "delayed-work", "exceptions", "execs", "long-runs", "opens", "packets", "read-sizes", "samples", "sent", "service-switches", "softirqs", "task-switches", "task-switches-before",
        "tasks",
    ];

    public static TheoryData<string> Plugins => [.. Names];

    [Fact]
    public void Every_block_of_code_is_a_file_of_a_plugin()
    {
        Assert.Equal(Regex.Count(DocumentedPlugins.Document, "^```[a-z]+$", RegexOptions.Multiline), DocumentedPlugins.Files.Count);
        Assert.All(DocumentedPlugins.Files, file => Assert.NotEqual("", file.Name));
        Assert.Equal(Names, plugins.Names);
    }

    [Theory]
    [MemberData(nameof(Plugins))]
    public void Its_plugins_fit_their_objects(string plugin)
    {
        var log = new ListLogger();
        var trial = new PluginTrial(new AgentConfiguration { File = "/agent.json", PluginFolders = ["/plugins"] }, TimeProvider.System, log);
        PluginCandidate candidate = Assert.Single(PluginTrial.Find(plugins.FolderOf(plugin)));
        using ExaminedPlugin examined = trial.Examine(candidate);
        Assert.NotEmpty(examined.Bindings);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public void It_has_every_key_of_a_manifest()
    {
        string[] keys = [.. KeysOf(JsonNode.Parse(File.ReadAllText(Path.Combine(DocumentedPlugins.Repository, "plugins", "plugin.schema.json")))).Distinct()];
        Assert.Contains("insteadOf", keys);
        Assert.All(keys, static key => Assert.Matches($@"`{Regex.Escape(key)}`|""{Regex.Escape(key)}""", DocumentedPlugins.Document));
    }

    [Fact]
    public void Its_limits_are_the_agents()
    {
        var limits = new PluginLimits();
        string[] rows =
        [
            $"| series of a metric | `maxSeries`, {limits.MaxSeries:n0};",
            $"| a label's value | {limits.MaxLabelLength} bytes,",
            $"64 bounds of `HISTOGRAM`, {BucketBounds.MaxCount:n0} of `buckets` |",
            $"| a load | {limits.LoadTimeout.TotalSeconds} s,",
        ];
        Assert.All(rows, static row => Assert.Contains(row, DocumentedPlugins.Document, StringComparison.Ordinal));
    }

    [Fact]
    public void The_class_is_the_one_that_the_kernels_tests_run() => Assert.Equal(
        File.ReadAllText(Path.Combine(DocumentedPlugins.Repository, "tests", "fixtures", "documentation", "SoftirqGroups.cs")),
        ImplicitUsing + DocumentedPlugins.Files.Single(static file => file.Name.EndsWith(".cs", StringComparison.Ordinal)).Text);

    [Fact]
    public void Its_object_is_the_one_that_the_class_has() => Assert.Equal(
        File.ReadAllText(Path.Combine(DocumentedPlugins.Repository, "tests", "fixtures", "bpf", "softirqs.bpf.c")),
        DocumentedPlugins.Files.Single(static file => file.Name == "softirqs/softirqs.bpf.c").Text);

    [Fact]
    public void The_metrics_that_it_names_are_there()
    {
        string agent = string.Concat(Directory.EnumerateFiles(Path.Combine(DocumentedPlugins.Repository, "src", "Agent", "Health"), "*.cs").Select(File.ReadAllText));
        string[] named = [.. AgentMetric().Matches(DocumentedPlugins.Document).Select(static match => match.Value).Distinct()];
        Assert.True(named.Length >= 10);
        Assert.All(named, name => Assert.Contains($"\"{name}\"", agent, StringComparison.Ordinal));
    }

    // The names under "properties", wherever those are.
    private static IEnumerable<string> KeysOf(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(static member => member is { Key: "properties", Value: JsonObject keys } ? keys.Select(static key => key.Key).Concat(keys.SelectMany(static key => KeysOf(key.Value))) : KeysOf(member.Value)),
        _ => [],
    };

    [GeneratedRegex(@"\bebpf_agent_[a-z_]+\b(?!/)")]
    private static partial Regex AgentMetric();
}
