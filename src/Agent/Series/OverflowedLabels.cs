using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EbpfAgent.Series;

/// <summary>
/// The label sets that found no room once. They stay without a series of their own while the agent lives: one that got one later would count from the middle,
/// and its total would say that its earlier events had never been.
/// </summary>
/// <remarks>
/// Only 64 bits of each are kept, and of so many only. When it is full, a label set that it does not hold may be one that could not be noted any more, so every
/// label set without a series counts as held: too many are kept away then, but never is one let back in. Two sets of equal hash are mistaken for each other once
/// in 2^48 at that size. The hash is cryptographic, as label values may be chosen by whoever is traced, and the same in every process, because snapshots hold
/// it. Guarded by the family's lock.
/// </remarks>
internal sealed class OverflowedLabels(int capacity = OverflowedLabels.DefaultCapacity)
{
    public const int DefaultCapacity = 65_536;

    private readonly HashSet<ulong> _hashes = [];

    public IReadOnlyCollection<ulong> Hashes => _hashes;

    public bool IsFull => _hashes.Count >= capacity;

    /// <summary>Whether a label set without a series may be one of them.</summary>
    public bool MayHold(string labels) => IsFull || Holds(labels);

    // Nearly always empty, and then nothing is worth hashing.
    public bool Holds(string labels) => _hashes.Count > 0 && _hashes.Contains(Hash(labels));

    public void Add(string labels) => Add(Hash(labels));

    public void Add(ulong hash)
    {
        if (!IsFull) _hashes.Add(hash);
    }

    private static ulong Hash(string labels)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(labels), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
