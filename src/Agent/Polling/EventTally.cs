using System.Buffers.Binary;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>Counts events by their bytes. Pure; allocates nothing for an event that was seen before. Not for use by several threads.</summary>
internal sealed class EventTally : IEventSink
{
    private const int MostBytes = 64 << 20;

    private readonly int _keySize;
    private readonly bool _isPadded;
    private readonly KeyTable _keys;
    private ulong[] _counts = [];
    private int _maxKeys;

    /// <param name="keySize">The bytes of an event.</param>
    /// <param name="maxKeys">How many different events are told apart, as long as they fit into 64 MiB.</param>
    /// <param name="isPadded">Whether more bytes may follow an event's own.</param>
    public EventTally(int keySize, int maxKeys, bool isPadded)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keySize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxKeys);
        (_keySize, _isPadded, _maxKeys) = (keySize, isPadded, Math.Min(maxKeys, MostBytes / keySize));
        _keys = new KeyTable(keySize);
    }

    /// <summary>How many different events there are.</summary>
    public int Keys => _keys.Rows;

    /// <summary>How many events are in the counts.</summary>
    public ulong Counted { get; private set; }

    /// <summary>How many are not, since they had another size.</summary>
    public ulong Malformed { get; private set; }

    /// <summary>How many are not, since there were too many different ones already.</summary>
    public ulong Overflow { get; private set; }

    public void Accept(ReadOnlySpan<byte> sent)
    {
        if (sent.Length < _keySize || (sent.Length > _keySize && !_isPadded))
        {
            Malformed++;
            return;
        }

        ReadOnlySpan<byte> key = sent[.._keySize];
        int row = _keys.Find(key);
        if (row < 0)
        {
            if (_keys.Count >= _maxKeys)
            {
                Overflow++;
                return;
            }

            row = Add(key);
        }

        _counts[row]++;
        Counted++;
    }

    /// <summary>Copies the counts, in the order in which their keys were first seen, and the keys from one on.</summary>
    /// <param name="keys">All keys back to back; those before <paramref name="first"/> are there already. Grown if need be.</param>
    /// <param name="counts">A count for each, in 8 bytes. Grown if need be.</param>
    /// <param name="first">How many keys are there already.</param>
    public void CopyTo(ref byte[] keys, ref byte[] counts, int first)
    {
        if (keys.Length < Keys * _keySize) Array.Resize(ref keys, _keys.Capacity * _keySize);
        if (counts.Length < Keys * sizeof(ulong)) counts = new byte[_keys.Capacity * sizeof(ulong)];
        for (int row = first; row < Keys; row++) _keys.Key(row).CopyTo(keys.AsSpan(row * _keySize));
        for (int row = 0; row < Keys; row++) BinaryPrimitives.WriteUInt64LittleEndian(counts.AsSpan(row * sizeof(ulong)), _counts[row]);
    }

    /// <summary>This one, within the limit of another version, which it stands in for from now on.</summary>
    public EventTally GoOn(EventTally next)
    {
        _maxKeys = next._maxKeys;
        return this;
    }

    private int Add(ReadOnlySpan<byte> key)
    {
        // Before the key is in: if there is no memory for its count, it isn't.
        if (_counts.Length <= _keys.Rows) Array.Resize(ref _counts, Math.Max(_keys.Capacity, checked(_keys.Rows * 2)));
        return _keys.GetOrAdd(key, out _);
    }
}
