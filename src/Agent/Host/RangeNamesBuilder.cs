using System.Buffers;

namespace EbpfAgent.Host;

/// <summary>Gathers the ranges of a <see cref="RangeNames"/>, in any order. Not for several threads.</summary>
internal sealed class RangeNamesBuilder
{
    private const ulong Page = 4096;

    // Nothing that has a name and no length is larger.
    private const ulong LongestUnknown = 16 << 20;

    private readonly List<Entry> _ranges = [];
    private readonly ArrayBufferWriter<byte> _names = new(1 << 12);

    public int Count => _ranges.Count;

    /// <summary>Bytes of all names.</summary>
    public int NameBytes => _names.WrittenCount;

    /// <summary>Adds a range.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">
    /// How far it reaches, unless another begins before; 0 where that isn't known: to the next one of the same owner, or to the end of its page, since nothing
    /// of another's is on that.
    /// </param>
    /// <param name="name">Its name; empty for a gap: what ends the range before it and has no name.</param>
    /// <param name="rank">Of those that begin at the same number, the lowest rank is taken, and of those the first.</param>
    /// <param name="owner">Whose it is.</param>
    public void Add(ulong start, uint length, ReadOnlySpan<byte> name, byte rank = 0, ushort owner = 0)
    {
        _ranges.Add(new Entry(start, length, _names.WrittenCount, name.Length, _ranges.Count, rank, owner));
        _names.Write(name);
    }

    /// <summary>All of them. The builder is of no more use.</summary>
    public RangeNames Build()
    {
        _ranges.Sort(static (a, b) => (a.Start, a.Rank, a.Index).CompareTo((b.Start, b.Rank, b.Index)));
        int count = RemoveLosers();
        ulong[] starts = new ulong[count];
        uint[] lengths = new uint[count];
        int[] nameStarts = new int[count + 1];
        var names = new ArrayBufferWriter<byte>(_names.WrittenCount + 1);
        for (int i = 0; i < count; i++)
        {
            starts[i] = _ranges[i].Start;
            lengths[i] = LengthOf(i);
            names.Write(_names.WrittenSpan.Slice(_ranges[i].NameStart, _ranges[i].NameLength));
            nameStarts[i + 1] = names.WrittenCount;
        }

        return new RangeNames(starts, lengths, nameStarts, names.WrittenSpan.ToArray());
    }

    private int RemoveLosers()
    {
        int kept = 0;
        for (int i = 0; i < _ranges.Count; i++)
        {
            if (kept == 0 || _ranges[i].Start != _ranges[kept - 1].Start) _ranges[kept++] = _ranges[i];
        }

        _ranges.RemoveRange(kept, _ranges.Count - kept);
        return kept;
    }

    private uint LengthOf(int index)
    {
        Entry range = _ranges[index];
        if (range.Length != 0) return range.Length;
        bool isFollowed = index + 1 < _ranges.Count && _ranges[index + 1].Owner == range.Owner;
        ulong length = isFollowed ? _ranges[index + 1].Start - range.Start : Page - (range.Start % Page);
        return (uint)Math.Min(length, LongestUnknown);
    }

    private readonly record struct Entry(ulong Start, uint Length, int NameStart, int NameLength, int Index, byte Rank, ushort Owner);
}
