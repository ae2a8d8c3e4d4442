using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>A metric that fits its map: everything that could be checked before the load has been.</summary>
/// <param name="Map">The map that feeds it.</param>
/// <param name="Description">The family that it becomes.</param>
/// <param name="Decoder">From a key to label values.</param>
/// <param name="IsPerBucket">Whether the map is of the older layout, an entry per bucket.</param>
/// <param name="MaxSeries">The plugin's own limit, or null.</param>
internal sealed record MetricBinding(MapDefinition Map, FamilyDescription Description, IKeyDecoder Decoder, bool IsPerBucket, int? MaxSeries)
{
    /// <summary>Bytes of the key that the decoder gets.</summary>
    public int SubKeySize => IsPerBucket ? Map.KeySize - sizeof(uint) : Map.KeySize;
}

/// <summary>Holds what a plugin says of a metric against what its object says of the map.</summary>
internal sealed class MetricBinder(OpenBpfObject opened, string metricPrefix)
{
    /// <exception cref="PluginException">They don't fit.</exception>
    public MetricBinding Bind(MetricDefinition metric)
    {
        string name = metricPrefix + metric.Name;
        if (!MetricNames.IsLegal(name))
            throw new PluginException(PluginError.Metric, $"'{name}' is not a legal metric name; use {MetricNames.Rule}");
        if (name.StartsWith(FamilyRegistry.AgentPrefix, StringComparison.Ordinal))
            throw new PluginException(PluginError.Metric, $"'{name}' begins with {FamilyRegistry.AgentPrefix}, as the agent's own metrics do; name it otherwise");
        MapDefinition map = opened.FindMap(metric.Map) ?? throw Layout($"{opened.Name} has no map '{metric.Map}' (metric {name}); it has {Known()}");
        if (map.Kind is not (MapKind.PerCpuHash or MapKind.LruPerCpuHash))
            throw Layout($"{opened.Name}: map '{map.Name}' is a {map.Kind.Name()}, and a histogram is polled from a {MapKind.PerCpuHash.Name()}; declare it with HISTOGRAM(...)");
        byte[]? descriptor = HistogramSections.Scheme(opened, map.Name);
        int? subKey = descriptor is null ? PerBucketSubKey(map) : null;
        if (descriptor is null && subKey is null)
            throw Layout($"{opened.Name}: map '{map.Name}' does not say what its buckets are; declare it with HISTOGRAM(...) of ebpf_agent/histogram.bpf.h");
        BucketScheme scheme = Scheme(map, descriptor, metric.Scale);
        IKeyDecoder decoder = metric.CreateDecoder(new KeyType(opened.Name, map.Name, opened.Btf, subKey ?? map.KeyTypeId));
        var description = new FamilyDescription(name, metric.Help, decoder.LabelNames, scheme, HasSum: descriptor is not null);
        return new MetricBinding(map, description, decoder, IsPerBucket: descriptor is null, metric.MaxSeries);
    }

    private BucketScheme Scheme(MapDefinition map, byte[]? descriptor, double? scale)
    {
        if (scale is { } factor && !(factor > 0 && double.IsFinite(factor)))
            throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}': the scale {factor} is not a number above 0; 1e-9 makes seconds of nanoseconds");
        if (descriptor is null) return BucketScheme.FloorLog2(UnitScale.From(scale ?? 1));
        try
        {
            BucketScheme scheme = SchemeDescriptor.Parse(descriptor, scale);
            int expected = (scheme.Slots + 1) * sizeof(ulong);
            return map.ValueSize == expected
                ? scheme
                : throw Layout($"{opened.Name}: map '{map.Name}' has values of {map.ValueSize} bytes, and a sum with {scheme.Slots} slots takes {expected}");
        }
        catch (FormatException e)
        {
            throw Layout($"{opened.Name}: map '{map.Name}': {e.Message}");
        }
    }

    // { u32 bucket; K } -> u64
    private int? PerBucketSubKey(MapDefinition map) =>
        map.ValueSize == sizeof(ulong) && map.KeyTypeId > 0 ? KeyLayout.FindSubKey(opened.Btf, map.KeyTypeId) : null;

    private string Known()
    {
        string[] names = [.. opened.Maps.Select(static map => map.Name).Where(static name => !name.Contains('.', StringComparison.Ordinal))];
        return names.Length == 0 ? "no map at all" : $"'{string.Join("', '", names)}'";
    }

    private static PluginException Layout(string message) => new(PluginError.Layout, message);
}
