using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Lifecycle;

/// <summary>One metric of a plugin, whatever the plugin is made of.</summary>
/// <param name="Map">The map that feeds it.</param>
/// <param name="Name">Its name without the prefix.</param>
/// <param name="Help">One sentence.</param>
/// <param name="CreateDecoder">Makes the decoder for a map whose key is <see cref="KeyType"/>, or says in a <see cref="PluginException"/> why not.</param>
internal sealed record MetricDefinition(string Map, string Name, string Help, Func<KeyType, IKeyDecoder> CreateDecoder)
{
    public MetricKind Kind { get; init; }

    /// <summary>The factor to the exposed unit, or null for the object's own.</summary>
    public double? Scale { get; init; }

    /// <summary>The plugin's own limit, or null.</summary>
    public int? MaxSeries { get; init; }

    /// <summary>Which field of the map's value feeds it; null takes the whole value.</summary>
    public string? ValueField { get; init; }

    /// <summary>What becomes of a per-CPU map's values.</summary>
    public CpuFolding Cpus { get; init; }

    /// <summary>How to read a map with an entry for each bucket; null for all others.</summary>
    public BucketSettings? Buckets { get; init; }

    /// <summary>For keys and events that are described by sizes: the bytes that the description comes to. Null where BTF describes the key.</summary>
    public int? KeyBytes { get; init; }

    /// <summary>Where in the map's value the number is, for values that are described by sizes; null goes by <see cref="ValueField"/>.</summary>
    public FieldPlace? ValuePlace { get; init; }

    /// <summary>Whether a per-CPU map's CPUs are labelled, and no others: see <see cref="ManifestMetric.CpuLabel"/>.</summary>
    public bool LabelsCpusOfPerCpuMaps { get; init; }

    /// <summary>Whether a counter is exposed as the map has it: see <see cref="ManifestMetric.IsRaw"/>.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Whether the map has to be a buffer of events.</summary>
    public bool IsEvents { get; init; }

    /// <summary>The struct that a buffer's events are; null takes what the object says.</summary>
    public string? EventType { get; init; }

    /// <summary>Where it is declared, for messages; null where that is in no file that one reads.</summary>
    public JsonPosition? Position { get; init; }
}

/// <summary>The key of a map as the object's BTF describes it.</summary>
/// <param name="Object">The object, for messages.</param>
/// <param name="Map">The map, for messages.</param>
/// <param name="Btf">The object's types.</param>
/// <param name="TypeId">The type of the key that the author sees: without the bucket that the older layout puts in front; 0 where the object doesn't say.</param>
/// <param name="Size">Bytes of the key that a decoder gets.</param>
/// <param name="Bucket">The path of the field that holds a bucket, which is no label; null where there is none.</param>
internal sealed record KeyType(string Object, string Map, Btf Btf, int TypeId, int Size, string? Bucket = null)
{
    /// <summary>Whether the label of the CPU comes behind those of the key.</summary>
    public bool LabelsCpus { get; init; }

    /// <summary>The key's fields.</summary>
    /// <exception cref="PluginException">The object doesn't describe the key.</exception>
    public KeyLayout Layout() => TypeId > 0
        ? KeyLayout.FromBtf(Btf, TypeId)
        : throw new PluginException(PluginError.Layout, $"{Object}: the key of map '{Map}' has no type; declare it with __type(key, struct ...), so that its fields are known");
}
