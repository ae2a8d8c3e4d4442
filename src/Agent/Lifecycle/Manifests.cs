using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Discovery;

namespace EbpfAgent.Lifecycle;

/// <summary>Reads what a plugin without a DLL says of itself, in whichever form.</summary>
internal static class Manifests
{
    /// <exception cref="ConfigurationException">It can't be read, or anything in it is wrong.</exception>
    public static PluginManifest Load(string entry) => PluginEntry.FormOf(entry) switch
    {
        PluginForm.Object => new PluginManifest { File = entry, Folder = Path.GetDirectoryName(entry)!, ObjectPath = entry, Metrics = [] },
        PluginForm.ExporterConfiguration => EbpfExporterConfiguration.Load(entry, LabelDecoders.Objection, OrdinaryFile.Open),
        _ => PluginManifestLoader.Load(entry, OrdinaryFile.Open),
    };
}
