using EbpfAgent.Abstractions;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads one metric of a manifest.</summary>
internal static class MetricReader
{
    private static readonly SettingFormat<MetricKind> Kind = SettingFormats.OneOf(
        ("histogram", MetricKind.Histogram), ("counter", MetricKind.Counter), ("gauge", MetricKind.Gauge));

    private static readonly SettingFormat<CpuFolding> Cpus = SettingFormats.OneOf(
        ("sum", CpuFolding.Sum), ("label", CpuFolding.Label), ("max", CpuFolding.Max), ("min", CpuFolding.Min), ("last", CpuFolding.Last));

    private static readonly SettingFormat<string> EventStruct = SettingFormats.Filled("the struct that an event is, such as \"struct exec_event\"");

    /// <param name="metric">The metric's object.</param>
    /// <param name="folder">The plugin's folder.</param>
    public static ManifestMetric Read(ObjectReader metric, string folder)
    {
        string map = metric.Required("map", SettingFormats.MapName);
        var read = new ManifestMetric
        {
            Map = map,
            Name = metric.Required("name", SettingFormats.Metric),
            Help = metric.Optional("help", $"From the map {map}.", SettingFormats.Sentence),
            Kind = metric.Optional("type", MetricKind.Histogram, Kind),
            Labels = LabelBinder.Bind(metric),
            ScriptPath = metric.TryGet("script", SettingFormats.PathInside(folder, "decode.js"), out string? script) ? script : null,
            ValueField = metric.TryGet("value", SettingFormats.FieldPath, out string? field) ? field : null,
            Cpus = metric.Optional("cpus", CpuFolding.Sum, Cpus),
            Buckets = BucketBinder.Bind(metric),
            EventType = metric.TryGet("event", EventStruct, out string? type) ? type : null,
            Scale = metric.TryGet("scale", SettingFormats.PositiveNumber, out double scale) ? scale : null,
            MaxSeries = metric.TryGet("maxSeries", SettingFormats.MaxSeries, out int series) ? series : null,
            Position = metric.Position,
        };
        if (read is { ScriptPath: not null, Labels: not null }) metric.Refuse("script", "the labels are said twice: by \"labels\" and by a script; leave one of them out");
        if (read is { Buckets: not null, Kind: not MetricKind.Histogram }) metric.Refuse("buckets", "only a histogram has buckets; leave them out, or the type");
        return read;
    }
}
