using EbpfAgent.Configuration;

namespace EbpfAgent.Lifecycle;

/// <summary>A plugin that is a folder with a manifest, an object and scripts.</summary>
internal sealed class ScriptPlugin(PluginManifest manifest, DecoderFactory decoders) : PluginDefinition
{
    public override string ObjectName => manifest.ObjectPath;

    public override IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        .. manifest.Metrics.Select(metric => new MetricDefinition(
            metric.Map, metric.Name, metric.Help, metric.Scale, metric.MaxSeries, key => decoders.ForScript(metric.ScriptPath!, key, manifest.Folder))),
    ];

    public override ReadOnlyMemory<byte> ReadObject() => PluginFile.Read(manifest.Folder, manifest.ObjectPath, "BPF object");

    // Its scripts' engines are ordinary objects: they go with the decoders.
    public override void Dispose()
    {
    }
}
