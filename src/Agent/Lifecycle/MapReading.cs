using EbpfAgent.Folding;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>How a map's entries become a family's words.</summary>
/// <param name="Scheme">The family's buckets; none for a counter or gauge.</param>
/// <param name="KeySize">Bytes of a key as the family knows it.</param>
/// <param name="Sink">Makes what takes entries, for a family, the bytes of an entry's key, and those of its values.</param>
internal sealed record MapReading(BucketScheme Scheme, int KeySize, Func<MetricFamily, int, int, IEntrySink> Sink)
{
    /// <summary>Whether the sum is counted.</summary>
    public bool HasSum { get; init; }

    /// <summary>Whether each slot is a map entry of its own.</summary>
    public bool SlotsAreEntries { get; init; }

    /// <summary>What a number's bytes are.</summary>
    public NumberKind Number { get; init; }

    /// <summary>Which part of the entries is read, in words: see <see cref="FamilyDescription.Reading"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>The path of the key's field that holds the bucket; null where there is none, or no type says.</summary>
    public string? BucketField { get; init; }

    /// <summary>The type of the author's own key, where it is not that of the map; null elsewhere.</summary>
    public int? SubKeyTypeId { get; init; }
}
