using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Reads a counter: the map of its name, or the numbers in that map's values as a metric each.</summary>
internal static class CounterBinder
{
    private const int ValueBytes = sizeof(ulong);

    public static IReadOnlyList<ManifestMetric> Bind(ObjectReader reader, ExporterContext context)
    {
        string map = context.Map(reader);
        string help = reader.Required("help", SettingFormats.Sentence);
        bool isEvents = reader.Optional("perf_event_array", false, ExporterFormats.Boolean);
        ReadFlushInterval(reader, context);
        var metric = WithLabels(
            new ManifestMetric { Map = map, Name = map, Help = help, Kind = MetricKind.Counter, IsEvents = isEvents, IsRaw = !isEvents, Position = reader.Position }, LabelBinder.Bind(reader, context));
        var values = Values(reader, context, metric);
        if (values is null)
            context.Own(reader, map);
        else if (isEvents)
            reader.Refuse("values", "an event has no values; leave out either this or perf_event_array");
        return values ?? [metric];
    }

    // It bounds the memory of ebpf_exporter, which begins all series anew then. Here a series that no longer changes can expire, and counters never go back.
    private static void ReadFlushInterval(ObjectReader reader, ExporterContext context)
    {
        if (reader.TryGet("flush_interval", ExporterFormats.Duration, out _))
            context.Remark(reader, "flush_interval", "no effect: counters are not begun anew; limits.expireUnchanged in agent.json drops series that no longer change");
    }

    private static ManifestMetric WithLabels(ManifestMetric metric, IReadOnlyList<LabelEntry> labels)
    {
        LabelBinder.CheckNames(labels, isHistogram: false);
        var cpu = !metric.IsEvents && labels is [.., { IsCpu: true } last] ? last : null;
        LabelEntry[] inKey = [.. labels.Where(entry => entry != cpu)];
        return metric with
        {
            Labels = [.. inKey.Select(entry => entry.Spec)],
            CpuLabel = cpu?.Spec,
            KeyBytes = LabelBinder.KeyBytes(inKey),
        };
    }

    private static IReadOnlyList<ManifestMetric>? Values(ObjectReader reader, ExporterContext context, ManifestMetric metric)
    {
        int offset = -ValueBytes;
        return reader.Objects("values", value =>
        {
            offset += ValueBytes;
            string name = value.Required("name", SettingFormats.Metric);
            context.Own(value, name);
            return metric with
            {
                Name = name,
                Help = value.Required("help", SettingFormats.Sentence),
                ValuePlace = new FieldPlace(offset, ValueBytes),
                Position = value.Position,
            };
        });
    }
}
