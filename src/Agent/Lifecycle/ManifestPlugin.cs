using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Folding;

namespace EbpfAgent.Lifecycle;

/// <summary>A plugin without a DLL: an object, and a manifest that says what becomes of its maps. One that names no metrics takes the object's own word.</summary>
internal sealed class ManifestPlugin(PluginManifest manifest, DecoderFactory decoders) : PluginDefinition
{
    public override string ObjectName => manifest.ObjectPath;

    public override string? MetricPrefix => manifest.MetricPrefix;

    public override IReadOnlyDictionary<string, ProgramOptions> Programs => manifest.Programs;

    public override bool AreProgramsOptional => manifest.AreProgramsOptional;

    public override IReadOnlyDictionary<string, object> Variables => manifest.Settings;

    public override IReadOnlyList<string> KernelAddresses => manifest.KernelAddresses;

    public override IReadOnlyList<CgroupIdMap> CgroupIdMaps => manifest.CgroupIdMaps;

    public override IReadOnlyList<string> Remarks => [.. manifest.Remarks.Select(static remark => remark.ToString())];

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) =>
        manifest.Metrics.Count > 0 ? [.. manifest.Metrics.Select(Define)] : FromObject(opened);

    public override ReadOnlyMemory<byte> ReadObject() => PluginFile.Read(manifest.Folder, manifest.ObjectPath, "BPF object");

    // Its scripts' engines are ordinary objects: they go with the decoders.
    public override void Dispose()
    {
    }

    private MetricDefinition Define(ManifestMetric metric) => new(metric.Map, metric.Name, metric.Help, DecoderOf(metric))
    {
        Kind = metric.Kind,
        Scale = metric.Scale,
        MaxSeries = metric.MaxSeries,
        ValueField = metric.ValueField,
        Cpus = metric.Cpus,
        Buckets = metric.Buckets,
        EventType = metric.EventType,
        KeyBytes = metric.KeyBytes,
        ValuePlace = metric.ValuePlace,
        LabelsCpusOfPerCpuMaps = metric.CpuLabel is not null,
        IsEvents = metric.IsEvents,
        IsRaw = metric.IsRaw,
        Position = metric.Position,
    };

    private Func<KeyType, IKeyDecoder> DecoderOf(ManifestMetric metric) => metric.ScriptPath is { } script
        ? key => decoders.ForScript(script, key, manifest.Folder)
        : key => decoders.ForLabels(key.LabelsCpus || metric.CpuLabel is not { } cpu ? metric.Labels : [.. metric.Labels ?? [], cpu], key);

    // Whoever writes HISTOGRAM(...) has said all but the words.
    private MetricDefinition[] FromObject(OpenBpfObject opened)
    {
        MetricDefinition[] metrics =
        [
            .. opened.Maps.Where(map => HistogramSections.Scheme(opened, map.Name) is not null).Select(map => new MetricDefinition(
                map.Name, NameOf(opened, map.Name), $"Histogram {map.Name} of {Path.GetFileName(manifest.ObjectPath)}.", key => decoders.ForLabels(labels: null, key))),
        ];
        return metrics.Length > 0
            ? metrics
            : throw new PluginException(PluginError.Layout, $"{opened.Name} has no map that HISTOGRAM(...) has declared, and nothing else says what its maps are; name its metrics in a plugin.json beside it");
    }

    private static string NameOf(OpenBpfObject opened, string map)
    {
        const string Seconds = "_seconds";
        bool isTime = SchemeDescriptor.IsTime(HistogramSections.Scheme(opened, map));
        return isTime && !map.EndsWith(Seconds, StringComparison.Ordinal) ? map + Seconds : map;
    }
}
