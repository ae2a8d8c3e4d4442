using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>A metric that fits its map: everything that could be checked before the load has been.</summary>
/// <param name="Map">The map that feeds it.</param>
/// <param name="Description">The family that it becomes.</param>
/// <param name="Decoder">From a key to label values.</param>
/// <param name="Reading">From entries to words.</param>
/// <param name="MaxSeries">The plugin's own limit, or null.</param>
internal sealed record MetricBinding(MapDefinition Map, FamilyDescription Description, IKeyDecoder Decoder, MapReading Reading, int? MaxSeries)
{
    /// <summary>The key that the decoder gets, but for a CPU's number behind it.</summary>
    public required KeyType Key { get; init; }

    /// <summary>Whether each CPU's value is a series of its own.</summary>
    public bool LabelsCpus { get; init; }

    /// <summary>Whether a CPU that has counted nothing has a series as well.</summary>
    public bool LabelsIdleCpus { get; init; }

    /// <summary>Whether a counter is exposed as the map has it, which may go down.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Bytes of the key that the decoder gets.</summary>
    public int KeySize => Reading.KeySize + (LabelsCpus ? PerCpuIntake.NumberSize : 0);

    /// <summary>Makes the family and what feeds it.</summary>
    /// <param name="limits">The bounds of its series.</param>
    /// <param name="gate">The lock that the families of a plugin share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="valueBytes">Bytes of an entry's values.</param>
    public MetricIntake CreateIntake(SeriesLimits limits, Lock gate, TimeProvider time, int valueBytes)
    {
        MetricFamily family = Description.Kind == FamilyKind.Gauge || IsRaw
            ? new GaugeFamily(Description, KeySize, Decoder, limits, gate, time)
            : new CumulativeFamily(Description, KeySize, Decoder, limits, gate, time);
        return new MetricIntake(family, CreateSink(family, valueBytes));
    }

    private IEntrySink CreateSink(MetricFamily family, int valueBytes)
    {
        if (!LabelsCpus) return Reading.Sink(family, Map.KeySize, valueBytes);
        IEntrySink ofOneCpu = Reading.Sink(family, Map.KeySize + PerCpuIntake.NumberSize, Map.Stride);
        return new PerCpuIntake(ofOneCpu, Map.KeySize, Map.Stride, valueBytes / Map.Stride, LabelsIdleCpus);
    }
}
