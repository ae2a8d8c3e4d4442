using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>
/// Takes entries of the older layout, an entry per bucket: key <c>{ u32 bucket; K }</c>, value <c>u64</c>. The bucket is floor(log2 v) + 1.
/// </summary>
internal sealed class PerBucketIntake(CumulativeFamily family, int keySize, int valueBytes) : IEntrySink
{
    /// <summary>Where the author's own key begins.</summary>
    public const int SubKeyOffset = sizeof(uint);

    private const uint LastBucket = 64;

    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> key = keys.Slice(i * keySize, keySize);
            uint slot = BinaryPrimitives.ReadUInt32LittleEndian(key);
            // No logarithm of 64 bits gives a higher one: whatever wrote it, it is no count of a value.
            if (slot > LastBucket) continue;
            Span<ulong> words = family.Stage(key[SubKeyOffset..]);
            words[1 + (int)slot] = Total(values.Slice(i * valueBytes, valueBytes));
        }
    }

    private static ulong Total(ReadOnlySpan<byte> cpus)
    {
        ulong total = 0;
        foreach (ulong value in MemoryMarshal.Cast<byte, ulong>(cpus)) total += value;
        return total;
    }
}
