using EbpfAgent.Configuration;
using EbpfAgent.Hosting;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Support;

/// <summary>The plugins that come with the agent, as the build made them.</summary>
internal static class BundledPlugin
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "bundled");

    public static PolledPlugin Load(string name) => new(Define(name));

    public static PluginDefinition Define(string name)
    {
        var decoders = new DecoderFactory(TestPlugin.Settings(name), new LinuxHost("/", TimeProvider.System), new ListLogger());
        string manifest = Path.Combine(Folder, name, "plugin.json");
        return File.Exists(manifest)
            ? new ScriptPlugin(PluginManifestLoader.Load(manifest), decoders)
            : ManagedPlugin.Load(Path.Combine(Folder, name, name + ".dll"), decoders);
    }
}
