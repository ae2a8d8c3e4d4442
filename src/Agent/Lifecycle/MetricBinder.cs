using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>Holds what a plugin says of a metric against what its object says of the map.</summary>
internal sealed class MetricBinder(OpenBpfObject opened, string metricPrefix)
{
    private static readonly MapKind[] Pollable = [MapKind.Hash, MapKind.Array, MapKind.PerCpuHash, MapKind.PerCpuArray, MapKind.LruHash, MapKind.LruPerCpuHash];

    private readonly MapReadings _readings = new(opened);

    /// <exception cref="PluginException">They don't fit.</exception>
    public MetricBinding Bind(MetricDefinition metric)
    {
        string name = metricPrefix + metric.Name;
        if (!MetricNames.IsLegal(name))
            throw new PluginException(PluginError.Metric, $"'{name}' is not a legal metric name; use {MetricNames.Rule}");
        if (name.StartsWith(FamilyRegistry.AgentPrefix, StringComparison.Ordinal))
            throw new PluginException(PluginError.Metric, $"'{name}' begins with {FamilyRegistry.AgentPrefix}, as the agent's own metrics do; name it otherwise");
        MapDefinition map = opened.FindMap(metric.Map) ?? throw Layout($"{opened.Name} has no map '{metric.Map}' (metric {name}); it has {Known()}");
        if (!Pollable.Contains(map.Kind))
            throw Layout($"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, and a metric is polled from one of {string.Join(", ", Pollable.Select(static kind => kind.Name()))}");
        bool labelsCpus = metric.Cpus == CpuFolding.Label;
        if (labelsCpus && !map.IsPerCpu)
            throw Layout($"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, which has one value for all CPUs, so that none can be labelled by its CPU; make the map per-CPU, or leave the label out");
        MapReading reading = _readings.Of(metric, map);
        var key = new KeyType(opened.Name, map.Name, opened.Btf, reading.SubKeyTypeId ?? map.KeyTypeId, reading.KeySize, reading.BucketField);
        IKeyDecoder decoder = metric.CreateDecoder(key);
        if (labelsCpus) decoder = new CpuLabelDecoder(decoder, map.Name);
        return new MetricBinding(map, Describe(name, metric, reading, decoder), decoder, reading, metric.MaxSeries) { LabelsCpus = labelsCpus };
    }

    private static FamilyDescription Describe(string name, MetricDefinition metric, MapReading reading, IKeyDecoder decoder) =>
        new(name, metric.Help, decoder.LabelNames, reading.Scheme, reading.HasSum)
        {
            Kind = metric.Kind switch
            {
                MetricKind.Counter => FamilyKind.Counter,
                MetricKind.Gauge => FamilyKind.Gauge,
                _ => FamilyKind.Histogram,
            },
            SlotsAreEntries = reading.SlotsAreEntries,
            Number = reading.Number,
            Reading = reading.Text,
        };

    private string Known()
    {
        string[] names = [.. opened.Maps.Select(static map => map.Name).Where(static name => !name.Contains('.', StringComparison.Ordinal))];
        return names.Length == 0 ? "no map at all" : $"'{string.Join("', '", names)}'";
    }

    private static PluginException Layout(string message) => new(PluginError.Layout, message);
}
