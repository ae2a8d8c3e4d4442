using EbpfAgent.Configuration;
using EbpfAgent.Host;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Support;

/// <summary>The plugins that come with the agent, as the build made them.</summary>
internal static class BundledPlugin
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "bundled");

    public static PolledPlugin Load(string name) => new(Define(name));

    public static PluginDefinition Define(string name)
    {
        var decoders = new DecoderFactory(TestPlugin.Settings(name), new LinuxHost("/", TimeProvider.System, new FileCalls()), new ListLogger());
        string manifest = Path.Combine(Folder, name, "plugin.json");
        return File.Exists(manifest)
            ? new ScriptPlugin(PluginManifestLoader.Load(manifest), decoders)
            : ManagedPlugin.Load(Path.Combine(Folder, name, name + ".dll"), decoders, new ContextCensus(TimeProvider.System));
    }

    /// <summary>Lays all of them into an agent's plugin folder.</summary>
    public static AgentFolder WithBundled(this AgentFolder folder)
    {
        foreach (string source in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
            AgentFolder.Copy(source, Path.Combine(folder.Plugins, Path.GetRelativePath(Folder, source)));
        return folder;
    }

    /// <summary>Lays the agent's own files beside them, for a user who can't read the working copy; returns its program.</summary>
    public static string WithAgent(this AgentFolder folder)
    {
        string bin = Path.Combine(folder.Root, "bin");
        foreach (string source in Directory.EnumerateFiles(AppContext.BaseDirectory)) AgentFolder.Copy(source, Path.Combine(bin, Path.GetFileName(source)));
        return Path.Combine(bin, "ebpf-agent");
    }
}
