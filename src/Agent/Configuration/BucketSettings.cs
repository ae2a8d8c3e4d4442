using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration;

/// <summary>
/// How the buckets of a map with an entry for each bucket are to be read: where in the key the bucket stands, and what its number means. Immutable. Not for maps of <c>HISTOGRAM(...)</c>, which say it themselves.
/// </summary>
internal sealed record BucketSettings
{
    /// <summary>The bucket's field in the key, by its BTF path; null where <see cref="Place"/> says where it is.</summary>
    public string? Field { get; init; }

    /// <summary>Where the bucket is, for keys that are described by sizes; null goes by <see cref="Field"/>.</summary>
    public FieldPlace? Place { get; init; }

    public required BucketForm Form { get; init; }

    /// <summary>The first bucket's number; none of <see cref="BucketForm.Fixed"/>.</summary>
    public int First { get; init; }

    /// <summary>The last bucket's number, inclusive. What stands under other numbers is left out.</summary>
    public int Last { get; init; }

    /// <summary>The factor from a bucket's own bound to <c>le</c>, and from the sum entry to <c>_sum</c>.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>For <see cref="BucketForm.Fixed"/>: the buckets' numbers, ascending, which are their bounds too.</summary>
    public IReadOnlyList<double> Keys { get; init; } = [];

    /// <summary>Whether the entry after the last bucket (<see cref="Last"/> + 1, or the last of <see cref="Keys"/> + 1) holds the sum of what was observed.</summary>
    public bool HasSum { get; init; }
}

/// <summary>What the number of a bucket means.</summary>
internal enum BucketForm
{
    /// <summary>Bucket b counts up to 2^b.</summary>
    Exp2,

    /// <summary>Bucket 0 counts up to 0, any other bucket b up to 2^(b-1).</summary>
    Exp2Zero,

    /// <summary>Bucket b counts up to b.</summary>
    Linear,

    /// <summary>Buckets are numbered by their bounds.</summary>
    Fixed,
}
