using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>Holds what a plugin says of a metric against what its object says of the map.</summary>
internal sealed class MetricBinder(OpenBpfObject opened, string metricPrefix)
{
    private static readonly MapKind[] Pollable = [MapKind.Hash, MapKind.Array, MapKind.PerCpuHash, MapKind.PerCpuArray, MapKind.LruHash, MapKind.LruPerCpuHash];

    // Of a key that is described by sizes: its label of the CPU, and the index of the one entry of a map without labels.
    private const int CpuBytes = 2;
    private const int IndexBytes = 4;

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
        if (EventBuffers.Serves(map.Kind)) map = EventsOf(metric, map);
        else if (!Pollable.Contains(map.Kind) || metric.IsEvents) throw WrongKind(map, metric.IsEvents);
        if (metric.KeyBytes is { } described && !EventBuffers.Serves(map.Kind)) CheckKey(name, map, metric.LabelsCpusOfPerCpuMaps && !map.IsPerCpu ? described + CpuBytes : described);
        bool labelsCpus = metric.Cpus == CpuFolding.Label || (metric.LabelsCpusOfPerCpuMaps && map.IsPerCpu);
        if (labelsCpus && !map.IsPerCpu)
            throw Layout($"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, which has one value for all CPUs, so that none can be labelled by its CPU; make the map per-CPU, or leave the label out");
        MapReading reading = _readings.Of(metric, map);
        var key = new KeyType(opened.Name, map.Name, opened.Btf, reading.SubKeyTypeId ?? map.KeyTypeId, reading.KeySize, reading.BucketField) { LabelsCpus = labelsCpus };
        IKeyDecoder decoder = metric.CreateDecoder(key);
        if (metric.KeyBytes is not null && map.IsPerCpu && !labelsCpus && decoder.LabelNames is [.., "cpu"]) throw Layout(
            $"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, where the last label \"cpu\" of {name} is the value's CPU and not in the key; give it the size {CpuBytes} and the one decoder \"uint\", or another name");
        if (labelsCpus) decoder = new CpuLabelDecoder(decoder, map.Name);
        return new MetricBinding(map, Describe(name, metric, reading, decoder, labelsCpus), decoder, reading, metric.MaxSeries) { Key = key, LabelsCpus = labelsCpus, LabelsIdleCpus = metric.LabelsCpusOfPerCpuMaps, IsRaw = metric.IsRaw };
    }

    // Labels that come to less than the key are most likely off by a padding, and would be read from the wrong bytes.
    private void CheckKey(string metric, MapDefinition map, int described)
    {
        if (described == map.KeySize || (described == 0 && map.KeySize == IndexBytes)) return;
        throw Layout(
            $"{opened.Name}: map '{map.Name}' has keys of {map.KeySize} bytes, and the sizes and paddings of the labels of {metric} come to {described}; make them equal: what no label shows is the \"padding\" of the one before it");
    }

    // What the agent counts stands for a map from events to how often they came.
    private MapDefinition EventsOf(MetricDefinition metric, MapDefinition map)
    {
        if (metric.Kind != MetricKind.Counter)
            throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, whose events are counted; call the metric a counter (\"type\" in plugin.json, CounterMetric in C#)");
        int type = metric.EventType is { } named
            ? EventType.FindNamed(opened.Btf, named) ?? throw Layout($"{opened.Name} has no type '{named}' with a size, which the events of map '{map.Name}' are to be; a global variable of it keeps it in the object")
            : map.Kind == MapKind.RingBuffer ? map.KeyTypeId : 0;
        int size = metric.KeyBytes ?? (type > 0 ? opened.Btf.SizeOf(type) : throw Layout(
            $"{opened.Name}: map '{map.Name}' does not say what its events are; declare it with EVENTS(...) of ebpf_agent/events.bpf.h, or name their struct (\"event\" in plugin.json)"));
        return map with { KeySize = Math.Max(1, size), KeyTypeId = type, ValueSize = sizeof(ulong), ValueTypeId = 0 };
    }

    private PluginException WrongKind(MapDefinition map, bool isEvents) => Layout(isEvents
        ? $"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, and events come from a {MapKind.RingBuffer.Name()} or a {MapKind.PerfEventArray.Name()}"
        : $"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, and a metric is polled from one of {string.Join(", ", Pollable.Select(static kind => kind.Name()))}, or counted from a {MapKind.RingBuffer.Name()} or {MapKind.PerfEventArray.Name()}");

    private static FamilyDescription Describe(string name, MetricDefinition metric, MapReading reading, IKeyDecoder decoder, bool labelsCpus) =>
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
            Reading = labelsCpus ? $"{reading.Text} of each CPU" : reading.Text,
        };

    private string Known()
    {
        string[] names = [.. opened.Maps.Select(static map => map.Name).Where(static name => !name.Contains('.', StringComparison.Ordinal))];
        return names.Length == 0 ? "no map at all" : $"'{string.Join("', '", names)}'";
    }

    private static PluginException Layout(string message) => new(PluginError.Layout, message);
}
