using EbpfAgent.Folding;

namespace EbpfAgent.Series;

/// <summary>What a family is, apart from its series.</summary>
/// <param name="Name">The full name, with the agent's prefix.</param>
/// <param name="Help">One sentence, not escaped.</param>
/// <param name="LabelNames">Checked, and final.</param>
/// <param name="Scheme">Its buckets.</param>
/// <param name="HasSum">Whether the map counts the sum; where it doesn't, no sum is exposed, since any number would be a lie.</param>
internal sealed record FamilyDescription(
    string Name, string Help, IReadOnlyList<string> LabelNames, BucketScheme Scheme, bool HasSum);
