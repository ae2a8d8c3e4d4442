using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>
/// Counts events by their bytes. When half of the keys that it may have are in use, those that rest are forgotten, as if they had been deleted from a map: whoever compares a key's count with that
/// of the read before, and takes one that was missing to begin at 0, misses no event and counts none twice.
/// </summary>
/// <remarks>Pure; allocates nothing for an event that was seen before. Not for use by several threads.</remarks>
internal sealed class EventTally : IEventSink
{
    private const int MostBytes = 64 << 20;

    // Unchanged between the last two reads.
    private const uint ReadsAtRest = 2;

    private readonly int _keySize;
    private readonly bool _isPadded;
    private readonly KeyTable _keys;
    private Row[] _rows = [];
    private int _maxKeys;
    private uint _reads;

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

    private enum Phase : byte
    {
        /// <summary>Each read gives it.</summary>
        Given,

        /// <summary>The next read leaves it out, if no event comes before.</summary>
        Leaving,

        /// <summary>The last read has left it out, and it is not known yet whether that read is kept.</summary>
        LeftOut,
    }

    /// <summary>How many different events there are.</summary>
    public int Keys => _keys.Count;

    /// <summary>How many events have been counted.</summary>
    public ulong Counted { get; private set; }

    /// <summary>How many have not, since they had another size.</summary>
    public ulong Malformed { get; private set; }

    /// <summary>How many have not, since there were too many different ones already.</summary>
    public ulong Overflow { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accept(ReadOnlySpan<byte> sent)
    {
        if (sent.Length < _keySize || (sent.Length > _keySize && !_isPadded))
        {
            Malformed++;
            return;
        }

        int row = _keys.Find(sent[.._keySize]);
        if (row < 0)
        {
            if (_keys.Count >= _maxKeys)
            {
                Overflow++;
                return;
            }

            row = Add(sent[.._keySize]);
        }

        _rows[row].Count(_reads);
        Counted++;
    }

    /// <summary>Copies the keys, back to back, and for each its count in 8 bytes. Both are grown if need be.</summary>
    /// <returns>How many there are.</returns>
    public int CopyTo(ref byte[] keys, ref byte[] counts)
    {
        _reads++;
        if (keys.Length < Keys * _keySize) keys = new byte[_keys.Capacity * _keySize];
        if (counts.Length < Keys * sizeof(ulong)) counts = new byte[_keys.Capacity * sizeof(ulong)];
        int given = 0;
        for (int row = 0; row < _keys.Rows; row++)
        {
            if (!_keys.IsInUse(row) || !_rows[row].IsGiven()) continue;
            _keys.Key(row).CopyTo(keys.AsSpan(given * _keySize));
            BinaryPrimitives.WriteUInt64LittleEndian(counts.AsSpan(given * sizeof(ulong)), _rows[row].Events);
            given++;
        }

        return given;
    }

    /// <summary>Says that the last copy is what the next one is compared with: only then are keys forgotten.</summary>
    public void Keep()
    {
        bool isCrowded = _keys.Count > _maxKeys / 2;
        for (int row = 0; row < _keys.Rows; row++)
        {
            if (!_keys.IsInUse(row)) continue;
            if (_rows[row].IsOver()) _keys.Remove(row);
            else if (isCrowded && _reads - _rows[row].ChangedIn >= ReadsAtRest) _rows[row].Leave();
        }
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
        if (_rows.Length <= _keys.Count) Array.Resize(ref _rows, Math.Max(_keys.Capacity, checked(_keys.Count * 2)));
        int row = _keys.GetOrAdd(key, out _);
        _rows[row] = default;
        return row;
    }

    private struct Row
    {
        private Phase _phase;
        private ulong _since;

        /// <summary>How many events the next read gives.</summary>
        public ulong Events { get; private set; }

        /// <summary>How many reads there had been at the last event.</summary>
        public uint ChangedIn { get; private set; }

        public void Count(uint reads)
        {
            ChangedIn = reads;
            if (_phase == Phase.LeftOut)
            {
                _since++;
                return;
            }

            _phase = Phase.Given;
            Events++;
        }

        public void Leave()
        {
            if (_phase == Phase.Given) _phase = Phase.Leaving;
        }

        /// <summary>Whether a read gives it.</summary>
        public bool IsGiven()
        {
            if (_phase == Phase.Leaving)
            {
                _phase = Phase.LeftOut;
                return false;
            }

            // The read that it was left out of was not kept: nobody has missed it.
            if (_phase == Phase.LeftOut) GoOnFrom(Events);
            return true;
        }

        /// <summary>Whether, now that a read was kept, it has been left out and no event has come since. If some have, it begins with them.</summary>
        public bool IsOver()
        {
            if (_phase != Phase.LeftOut) return false;
            if (_since == 0) return true;
            GoOnFrom(0);
            return false;
        }

        private void GoOnFrom(ulong events) => (Events, _since, _phase) = (events + _since, 0, Phase.Given);
    }
}
