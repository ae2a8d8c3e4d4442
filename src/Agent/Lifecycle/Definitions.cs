using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Discovery;

namespace EbpfAgent.Lifecycle;

/// <summary>Reads what a plugin says of itself, in whichever form.</summary>
internal static class Definitions
{
    /// <summary>What a plugin says of itself; to be disposed.</summary>
    /// <param name="candidate">The plugin, which has an entry.</param>
    /// <param name="decoders">Makes its decoders.</param>
    /// <param name="contexts">Counts the load contexts that are to be collected.</param>
    /// <exception cref="PluginException">The DLL is not a plugin, or its plugin threw.</exception>
    /// <exception cref="ConfigurationException">A manifest can't be read, or anything in it is wrong.</exception>
    public static PluginDefinition Of(PluginCandidate candidate, DecoderFactory decoders, ContextCensus contexts) => candidate.Form == PluginForm.Dll
        ? ManagedPlugin.Load(candidate.EntryPath!, decoders, contexts)
        : new ManifestPlugin(ManifestOf(candidate.EntryPath!), decoders);

    /// <summary>What stands in a manifest, in a configuration of ebpf_exporter, or in nothing but an object.</summary>
    /// <exception cref="ConfigurationException">It can't be read, or anything in it is wrong.</exception>
    public static PluginManifest ManifestOf(string entry) => PluginEntry.FormOf(entry) switch
    {
        PluginForm.Object => new PluginManifest { File = entry, Folder = Path.GetDirectoryName(entry)!, ObjectPath = entry, Metrics = [] },
        PluginForm.ExporterConfiguration => EbpfExporterConfiguration.Load(entry, LabelDecoders.Objection),
        _ => PluginManifestLoader.Load(entry),
    };
}
