using System.Text;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>Reads configurations and manifests that lie nowhere, in the folder /etc/ebpf-agent.</summary>
internal static class Sample
{
    public const string Folder = "/etc/ebpf-agent";
    public const string AgentFile = Folder + "/agent.json";
    public const string PluginFolder = "/plugins/syscalls";
    public const string ManifestFile = PluginFolder + "/plugin.json";

    public static AgentConfiguration Agent(string json, params (string Name, string? Value)[] environment) =>
        AgentConfigurationLoader.Parse(Encoding.UTF8.GetBytes(json), AgentFile, Variables(environment));

    public static PluginManifest Manifest(string json) => PluginManifestLoader.Parse(Encoding.UTF8.GetBytes(json), ManifestFile);

    /// <summary>The message, without the folder: <c>agent.json:1:3: ...</c>.</summary>
    public static string AgentError(string json, params (string Name, string? Value)[] environment) =>
        Assert.Throws<ConfigurationException>(() => Agent(json, environment)).Message.Replace(Folder + "/", "", StringComparison.Ordinal);

    /// <summary>The message, without the folder: <c>plugin.json:1:3: ...</c>.</summary>
    public static string ManifestError(string json) =>
        Assert.Throws<ConfigurationException>(() => Manifest(json)).Message.Replace(PluginFolder + "/", "", StringComparison.Ordinal);

    public static KeyValuePair<string, string?>[] Variables(params (string Name, string? Value)[] environment) =>
        [.. environment.Select(v => KeyValuePair.Create(v.Name, v.Value))];

    /// <summary>The root of the working copy.</summary>
    public static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EbpfAgent.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests don't run inside a working copy.");
        return folder;
    }
}
