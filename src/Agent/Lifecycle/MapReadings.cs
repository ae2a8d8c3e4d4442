using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Folding;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>Finds out how a map is to be read for a metric: from what the metric says, and what the object says of the map.</summary>
internal sealed class MapReadings(OpenBpfObject opened)
{
    /// <exception cref="PluginException">They don't fit.</exception>
    public MapReading Of(MetricDefinition metric, MapDefinition map)
    {
        if (metric.Scale is { } factor && !(factor > 0 && double.IsFinite(factor)))
            throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}': the scale {factor} is not a number above 0; 1e-9 makes seconds of nanoseconds");
        try
        {
            return metric.Kind != MetricKind.Histogram ? OfNumber(metric, map)
                : metric.Buckets is { } buckets ? OfBuckets(metric, map, buckets)
                : OfHistogram(metric, map);
        }
        catch (FormatException e)
        {
            throw Layout($"{opened.Name}: map '{map.Name}': {e.Message}");
        }
    }

    private MapReading OfHistogram(MetricDefinition metric, MapDefinition map)
    {
        if (metric.ValueField is { } field)
            throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}': a histogram takes the whole value, and not its field '{field}'; leave the field out");
        if (HistogramSections.Scheme(opened, map.Name) is { } descriptor) return OfSeries(metric, map, descriptor);
        if (SubKey(map) is not { } subKey)
            throw Layout($"{opened.Name}: map '{map.Name}' does not say what its buckets are; declare it with HISTOGRAM(...) of ebpf_agent/histogram.bpf.h, or describe them (\"buckets\" in plugin.json)");
        return new MapReading(
            BucketScheme.FloorLog2(UnitScale.From(metric.Scale ?? 1)),
            map.KeySize - PerBucketIntake.SubKeyOffset,
            static (family, keySize, valueBytes) => new PerBucketIntake((CumulativeFamily)family, keySize, valueBytes))
        {
            SlotsAreEntries = true,
            SubKeyTypeId = subKey,
        };
    }

    private MapReading OfSeries(MetricDefinition metric, MapDefinition map, byte[] descriptor)
    {
        BucketScheme scheme = SchemeDescriptor.Parse(descriptor, metric.Scale);
        int expected = (scheme.Slots + 1) * sizeof(ulong);
        if (map.ValueSize != expected)
            throw Layout($"{opened.Name}: map '{map.Name}' has values of {map.ValueSize} bytes, and a sum with {scheme.Slots} slots takes {expected}");
        return new MapReading(scheme, map.KeySize, static (family, keySize, valueBytes) => new PerSeriesIntake((CumulativeFamily)family, keySize, valueBytes)) { HasSum = true };
    }

    private MapReading OfBuckets(MetricDefinition metric, MapDefinition map, BucketSettings buckets)
    {
        if (HistogramSections.Scheme(opened, map.Name) is not null)
            throw Layout($"{opened.Name}: map '{map.Name}' says itself what its buckets are; leave \"buckets\" out");
        (int offset, int size, string? field) = BucketPlace(map, buckets);
        BucketNumbers numbers = buckets.Form == BucketForm.Fixed
            ? BucketNumbers.Fixed(offset, size, buckets.Keys, buckets.HasSum)
            : BucketNumbers.Range(offset, size, buckets.First, buckets.Last, buckets.HasSum);
        if (BucketBounds.Problem(buckets) is { } problem) throw new FormatException(problem);
        NumberFold count = Fold(map, Number(map, metric), CpuRule.Sum);
        return new MapReading(
            BucketScheme.Exposed(BucketBounds.Of(buckets), UnitScale.From(buckets.Multiplier)),
            map.KeySize,
            (family, keySize, valueBytes) => new BucketIntake(family, keySize, numbers, count, valueBytes))
        {
            HasSum = buckets.HasSum,
            SlotsAreEntries = true,
            BucketField = field,
            Text = $"buckets {buckets.Form} {buckets.First} to {buckets.Last} by {buckets.Multiplier} at {offset} of {metric.ValueField}",
        };
    }

    private MapReading OfNumber(MetricDefinition metric, MapDefinition map)
    {
        if (metric.Buckets is not null)
            throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}': only a histogram has buckets; leave them out, or call it a histogram");
        ValueNumber number = Number(map, metric);
        if (metric.Kind == MetricKind.Counter && number.IsFloat)
            throw Layout($"{opened.Name}: map '{map.Name}': '{number.Path}' is a floating-point number, which a counter can't be; make it an integer, or a gauge of it");
        NumberFold fold = Fold(map, number, Rule(metric, map));
        return new MapReading(
            BucketScheme.None(UnitScale.From(metric.Scale ?? 1)),
            map.KeySize,
            (family, keySize, valueBytes) => new NumberIntake(family, keySize, fold, valueBytes))
        {
            SlotsAreEntries = true,
            Number = metric.Kind == MetricKind.Counter ? NumberKind.Unsigned : fold.Kind,
            Text = $"number at {number.Offset} of {number.Size}",
        };
    }

    private CpuRule Rule(MetricDefinition metric, MapDefinition map) => (metric.Cpus, metric.Kind) switch
    {
        (CpuFolding.Sum or CpuFolding.Label, _) => CpuRule.Sum,
        (CpuFolding.Max, MetricKind.Gauge) => CpuRule.Max,
        (CpuFolding.Min, MetricKind.Gauge) => CpuRule.Min,
        (CpuFolding.Last, MetricKind.Gauge) => CpuRule.Last,
        _ => throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{map.Name}': the CPUs of a counter are summed or labelled, and not folded by '{metric.Cpus}', by which it could go down; make it a gauge"),
    };

    private static NumberFold Fold(MapDefinition map, ValueNumber number, CpuRule rule)
    {
        NumberKind kind = number.IsFloat ? NumberKind.Float : number.IsSigned ? NumberKind.Signed : NumberKind.Unsigned;
        // A value that is not per CPU lies without padding behind it.
        return new NumberFold(number.Offset, number.Size, kind, map.IsPerCpu ? map.Stride : map.ValueSize, rule);
    }

    private ValueNumber Number(MapDefinition map, MetricDefinition metric)
    {
        string? field = metric.ValueField;
        if (metric.ValuePlace is { } place)
        {
            return place.Size is 1 or 2 or 4 or 8 && place.Offset >= 0 && place.Offset + (long)place.Size <= map.ValueSize
                ? new ValueNumber($"{place.Offset}", place.Offset, place.Size, IsSigned: false, IsFloat: false)
                : throw Layout($"{opened.Name}: map '{map.Name}' has values of {map.ValueSize} bytes, and {metric.Name} is to be the {place.Size} at {place.Offset}");
        }

        if (map.ValueTypeId <= 0) return Untyped(map, field);
        IReadOnlyList<ValueNumber> numbers = [.. ValueNumber.Find(opened.Btf, map.ValueTypeId).Where(number => number.Offset + number.Size <= map.ValueSize)];
        ValueNumber? found = field is not null ? numbers.FirstOrDefault(number => number.Path == field) : numbers.Count == 1 ? numbers[0] : null;
        if (found is not null) return found;
        string known = numbers.Count == 0 ? "no number in it" : string.Join(", ", numbers.Select(static number => $"'{number.Path}'"));
        string type = opened.Btf.DescribeType(map.ValueTypeId);
        throw Layout(field is null
            ? $"{opened.Name}: map '{map.Name}' has values of {type}, which has {known}; say which one the metric is (\"value\" in plugin.json, ValueField in C#)"
            : $"{opened.Name}: map '{map.Name}' has values of {type}, which has no number '{field}'; it has {known}");
    }

    private ValueNumber Untyped(MapDefinition map, string? field)
    {
        if (field is not null) throw Layout($"{opened.Name}: the value of map '{map.Name}' has no type, so that its field '{field}' is not known; declare it with __type(value, struct ...)");
        return map.ValueSize is 1 or 2 or 4 or 8
            ? new ValueNumber("", 0, map.ValueSize, IsSigned: false, IsFloat: false)
            : throw Layout($"{opened.Name}: map '{map.Name}' has values of {map.ValueSize} bytes without a type; a number has 1, 2, 4 or 8, and a struct is declared with __type(value, struct ...)");
    }

    private (int Offset, int Size, string? Field) BucketPlace(MapDefinition map, BucketSettings buckets)
    {
        if (buckets.Place is { } place)
        {
            return place.Offset >= 0 && place.Size > 0 && place.Offset + (long)place.Size <= map.KeySize
                ? (place.Offset, place.Size, null)
                : throw Layout($"{opened.Name}: map '{map.Name}' has keys of {map.KeySize} bytes, and the bucket is to be the {place.Size} at {place.Offset}");
        }

        string path = buckets.Field ?? "bucket";
        if (map.KeyTypeId <= 0) throw Layout($"{opened.Name}: the key of map '{map.Name}' has no type, so that its field '{path}' is not known; declare it with __type(key, struct ...)");
        ValueNumber[] fields = [.. ValueNumber.Find(opened.Btf, map.KeyTypeId).Where(static number => !number.IsFloat)];
        return fields.FirstOrDefault(field => field.Path == path) is { } found
            ? (found.Offset, found.Size, path)
            : throw Layout($"{opened.Name}: the key of map '{map.Name}' has no number '{path}' that could be the bucket; it has {string.Join(", ", fields.Select(static field => $"'{field.Path}'"))}");
    }

    // { u32 bucket; K } -> u64
    private int? SubKey(MapDefinition map) =>
        map.ValueSize == sizeof(ulong) && map.KeyTypeId > 0 && map.Kind is MapKind.PerCpuHash or MapKind.LruPerCpuHash ? KeyLayout.FindSubKey(opened.Btf, map.KeyTypeId) : null;

    private static PluginException Layout(string message) => new(PluginError.Layout, message);
}
