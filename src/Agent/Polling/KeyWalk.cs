using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>
/// Reads a map key by key, where the kernel has no batches. It does so without a lock, so that memory which is another key's from one moment to the next leads astray: each value is asked for twice, and
/// keys that were there and are missing are asked for by name.
/// </summary>
/// <remarks>Not for use by several threads. Allocates nothing at steady state.</remarks>
/// <param name="calls">The funnel.</param>
/// <param name="map">The map; borrowed.</param>
/// <param name="valueBytes">Bytes of one entry's values.</param>
internal sealed class KeyWalk(IMapCalls calls, BpfMap map, int valueBytes)
{
    private const int MostLooks = 8;

    private readonly KeyTable _known = new(map.Definition.KeySize);
    private readonly byte[] _key = new byte[map.Definition.KeySize];
    private readonly byte[] _next = new byte[map.Definition.KeySize];
    private readonly byte[] _value = new byte[valueBytes];
    private readonly byte[] _again = new byte[valueBytes];
    private uint[] _readIn = [];
    private uint _read;

    /// <summary>Reads all entries and returns how many the sink was given; one that it was given twice counts twice.</summary>
    /// <exception cref="BpfException">A call failed, or the map changes too fast; the read is void.</exception>
    public int Read(IEntrySink sink)
    {
        _read++;
        return Walk(sink) + ReadMissing(sink);
    }

    private int Walk(IEntrySink sink)
    {
        int entries = 0;
        // After a key that was deleted the kernel starts over. The sink keeps the last value of a key, so nothing is counted
        // twice; a map that changes faster than it can be walked is given up.
        long steps = 4 * (long)map.Definition.MaxEntries + 1024;
        bool first = true;
        while (true)
        {
            int result = calls.NextKey(map.Handle, first ? default : _key, _next);
            if (result == -Errno.NoEntry) return entries;
            if (result < 0) throw BpfException.Of($"can't walk the keys of map '{map.Definition.Name}'", result);
            if (steps-- == 0) throw BpfException.With(BpfFailure.Other, $"map '{map.Definition.Name}' changes faster than it can be read key by key; delete fewer keys, or use a kernel that reads in batches (5.6)");
            _next.CopyTo(_key, 0);
            first = false;
            if (!TryGive(sink, _key)) continue;
            entries++;
            Note();
        }
    }

    // A key whose memory became another's under the walk leads it into that one's hash bucket, past all that lies between. Missed, a key would be taken for deleted, and counted anew by the next poll.
    private int ReadMissing(IEntrySink sink)
    {
        int entries = 0;
        for (int row = 0; row < _known.Rows; row++)
        {
            if (!_known.IsInUse(row) || _readIn[row] == _read) continue;
            if (TryGive(sink, _known.Key(row))) entries++;
            else _known.Remove(row);
        }

        return entries;
    }

    private void Note()
    {
        int row = _known.GetOrAdd(_key, out _);
        if (row >= _readIn.Length) Array.Resize(ref _readIn, _known.Capacity);
        _readIn[row] = _read;
    }

    // While it is copied the key may be deleted, and the value become another key's; at worst the key is made anew before the second look. Two looks that agree are of one entry. One that is counted
    // all the time never agrees, and is taken in the end: that just the last look of many is astray is not to be expected.
    private bool TryGive(IEntrySink sink, ReadOnlySpan<byte> key)
    {
        if (!TryLook(key, _value)) return false;
        for (int look = 1; look < MostLooks; look++)
        {
            if (!TryLook(key, _again)) return false;
            if (_again.AsSpan().SequenceEqual(_value)) break;
            _again.CopyTo(_value, 0);
        }

        sink.Accept(key, _value, 1);
        return true;
    }

    private bool TryLook(ReadOnlySpan<byte> key, byte[] value)
    {
        int result = calls.Lookup(map.Handle, key, value);
        if (result is not (0 or -Errno.NoEntry)) throw BpfException.Of($"can't read map '{map.Definition.Name}'", result);
        return result == 0;
    }
}
