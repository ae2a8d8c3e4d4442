using EbpfAgent.Bpf.Native;
using EbpfAgent.Decoding;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Plugins that are a folder with an object and a manifest, on the agent's own way.</summary>
internal static class MetricFolder
{
    /// <summary>Loads an object of the fixtures whose manifest has these metrics, each as a JSON object.</summary>
    public static PolledPlugin Load(string fixture, params string[] metrics) => Load(fixture, calls: null, host: null, metrics);

    /// <summary>The same with a funnel, or a host, of the test's own.</summary>
    public static PolledPlugin Load(string fixture, IMapCalls? calls, IHost? host, params string[] metrics)
    {
        using AgentFolder folder = new AgentFolder().WithMetrics("plugin", fixture, metrics);
        return LoadEntry(folder.In("plugin/plugin.json"), calls, host);
    }

    /// <summary>Loads what lies in a plugin folder by the file that describes it. All of it is read by the load.</summary>
    public static PolledPlugin LoadEntry(string entry, IMapCalls? calls = null, IHost? host = null) =>
        new(new ManifestPlugin(Definitions.ManifestOf(entry), new DecoderFactory(TestPlugin.Settings(), host ?? new NoDevices(), new ListLogger())), settings: null, calls);

    /// <summary>Lays a plugin of an object and a manifest into an agent's folder.</summary>
    public static AgentFolder WithMetrics(this AgentFolder folder, string name, string fixture, params string[] metrics) =>
        folder.WithFixture($"{name}/{fixture}", fixture).WithFile($"{name}/plugin.json", Manifest(metrics));

    /// <summary>A manifest of these metrics, with whatever else it is to have.</summary>
    public static string Manifest(string[] metrics, string rest = "") => $$"""{ {{rest}} "metrics": [ {{string.Join(", ", metrics)}} ] }""";
}
