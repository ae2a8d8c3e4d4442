using EbpfAgent.Folding;

namespace EbpfAgent.Series;

/// <summary>What a family is, apart from its series.</summary>
/// <param name="Name">The full name, with the agent's prefix.</param>
/// <param name="Help">One sentence, not escaped.</param>
/// <param name="LabelNames">Checked, and final.</param>
/// <param name="Scheme">Its buckets; a counter and a gauge have none, and only the factor of their unit.</param>
/// <param name="HasSum">Whether the map counts the sum; where it doesn't, no sum is exposed, since any number would be a lie.</param>
internal sealed record FamilyDescription(
    string Name, string Help, IReadOnlyList<string> LabelNames, BucketScheme Scheme, bool HasSum)
{
    public FamilyKind Kind { get; init; }

    /// <summary>Whether each slot is a map entry of its own, and so may be deleted alone.</summary>
    public bool SlotsAreEntries { get; init; } = !HasSum;

    /// <summary>What a gauge's words are.</summary>
    public NumberKind Number { get; init; }

    /// <summary>Which part of the map's entries it counts, and how, in words: a version that does otherwise has its first poll for a baseline.</summary>
    public string Reading { get; init; } = "";

    /// <summary>What it takes of the common name space.</summary>
    public MetricName MetricName => new(Name, Kind == FamilyKind.Histogram);
}

/// <summary>What a family is to Prometheus.</summary>
internal enum FamilyKind
{
    Histogram,

    /// <summary>Kept as a histogram without bounds and without a sum: its only slot is the count.</summary>
    Counter,
    Gauge,
}
