using System.Buffers.Binary;

namespace EbpfAgent.Folding;

/// <summary>
/// Which word of a histogram an entry counts, where a map has an entry for each bucket: word 0 is the sum, word 1 the first slot. Pure; allocates nothing.
/// </summary>
internal sealed class BucketNumbers
{
    private readonly int _offset;
    private readonly int _size;
    private readonly Func<ulong, int?> _word;

    private BucketNumbers(int offset, int size, Func<ulong, int?> word)
    {
        if (size is not (1 or 2 or 4 or 8)) throw new FormatException($"a bucket of {size} bytes is no number; it takes 1, 2, 4 or 8");
        (_offset, _size, _word) = (offset, size, word);
    }

    /// <summary>Buckets first to last, in this order; one after the last is the sum, where there is one. Those below 0 stay empty: no number of the kernel's is one of theirs.</summary>
    /// <exception cref="FormatException">The bucket is not of a number's size, or there are none.</exception>
    public static BucketNumbers Range(int offset, int size, int first, int last, bool hasSum)
    {
        if (last < first) throw new FormatException($"buckets from {first} to {last} are none; the last must not be below the first");
        return new BucketNumbers(offset, size, number => number > int.MaxValue + 1UL ? null : InRange((long)number, first, last, hasSum));
    }

    /// <summary>Buckets that are numbered by their bounds, ascending; the last bound and one is the sum, where there is one.</summary>
    /// <exception cref="FormatException">The bucket is not of a number's size, or there are none.</exception>
    public static BucketNumbers Fixed(int offset, int size, IReadOnlyList<double> keys, bool hasSum)
    {
        var words = new Dictionary<ulong, int>();
        for (int i = 0; i < keys.Count; i++)
        {
            // A number that no integer of the kernel's can be stands for a bucket that stays empty.
            if (keys[i] >= 0 && keys[i] < ulong.MaxValue && keys[i] == Math.Floor(keys[i])) words[(ulong)keys[i]] = i + 1;
        }

        if (hasSum && keys.Count > 0) words.TryAdd((ulong)keys[^1] + 1, 0);
        return new BucketNumbers(offset, size, number => words.TryGetValue(number, out int word) ? word : null);
    }

    /// <summary>The word of an entry, whose key loses its bucket: the bytes become zeros. Null if the bucket is none of the scheme's.</summary>
    public int? TakeWord(Span<byte> key)
    {
        Span<byte> bytes = key.Slice(_offset, _size);
        ulong number = _size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
        bytes.Clear();
        return _word(number);
    }

    private static int? InRange(long number, int first, int last, bool hasSum) =>
        number >= first && number <= last ? 1 + (int)(number - first)
        : hasSum && number == last + 1L ? 0
        : null;
}
