using System.Numerics;
using System.Runtime.CompilerServices;

namespace EbpfAgent.Series;

/// <summary>
/// What is known of a map's raw keys between polls: the words that the last poll read, those that the current one has read so far, and the
/// series that the key belongs to. Belongs to the polling thread alone.
/// </summary>
/// <param name="keySize">Bytes of a key.</param>
/// <param name="words">The sum and the slots.</param>
/// <param name="slotsAreEntries">Whether each slot is a map entry of its own, and so may be deleted alone.</param>
internal sealed class PolledKeys(int keySize, int words, bool slotsAreEntries)
{
    /// <summary>The key is new: no series has been looked for.</summary>
    public const int Undecided = -1;

    /// <summary>The key has no series and gets none.</summary>
    public const int LeftOut = -2;

    /// <summary>The key could not be decoded. It is tried again now and then: what failed may have been the moment, not the key.</summary>
    public const int Failed = -3;

    // A minute at the usual interval: often enough to be back soon, seldom enough that a decoder that always fails costs little.
    private const uint PollsBetweenTries = 12;

    private readonly KeyTable _table = new(keySize);
    private readonly ulong[] _zeros = new ulong[words];
    private ulong[] _before = [];
    private ulong[] _now = [];
    private int[] _series = [];
    private uint[] _readIn = [];
    private uint _poll;
    private int _lastTouched = -1;

    public int Count => _table.Count;

    /// <summary>Begins a read: no key has been seen in it.</summary>
    public void Begin()
    {
        _poll++;
        _lastTouched = -1;
    }

    /// <summary>The row of a key that the current poll has read, and whether it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Touch(ReadOnlySpan<byte> key, out bool added, out bool firstInPoll)
    {
        // A map is read in the same order each time, and rows were numbered in that order.
        int row = _lastTouched + 1;
        added = false;
        if (!_table.Holds(row, key))
        {
            row = _table.GetOrAdd(key, out added);
            if (added) MakeRoom(row);
        }

        _lastTouched = row;
        firstInPoll = added || _readIn[row] != _poll;
        _readIn[row] = _poll;
        return row;
    }

    /// <summary>Where the current poll's words of a row go.</summary>
    public Span<ulong> Now(int row) => _now.AsSpan(row * words, words);

    public ref int Series(int row) => ref _series[row];

    /// <summary>All rows are below it.</summary>
    public int Rows => _table.Rows;

    /// <summary>Whether the current poll has read the row.</summary>
    public bool IsRead(int row) => _readIn[row] == _poll;

    /// <summary>
    /// Adds to <paramref name="totals"/> what the row has gained since the last poll that was kept. A slot that went down says that the entry was deleted
    /// and made anew: then all of it is gain. (The sum may wrap around, and says nothing.)
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddGain(int row, Span<ulong> totals)
    {
        ReadOnlySpan<ulong> current = Now(row);
        ReadOnlySpan<ulong> last = _before.AsSpan(row * words, words);
        if (slotsAreEntries)
        {
            AddGainBySlot(current, last, totals);
            return;
        }

        if (AnyBelow(current[1..], last[1..])) last = _zeros;
        int i = 0;
        for (; i <= totals.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            Vector<ulong> gain = new Vector<ulong>(current[i..]) - new Vector<ulong>(last[i..]);
            (new Vector<ulong>(totals[i..]) + gain).CopyTo(totals[i..]);
        }

        for (; i < totals.Length; i++) totals[i] += current[i] - last[i];
    }

    /// <summary>Ends a poll that is kept: what it has read is what the next one's gain is counted from, and keys that it has not read have left the map.</summary>
    public void Keep()
    {
        (_before, _now) = (_now, _before);
        ForgetUnread();
    }

    private static void AddGainBySlot(ReadOnlySpan<ulong> current, ReadOnlySpan<ulong> last, Span<ulong> totals)
    {
        for (int i = 0; i < totals.Length; i++) totals[i] += current[i] >= last[i] ? current[i] - last[i] : current[i];
    }

    // Their counts are in their series already. A key that is to be tried again is forgotten too: it comes back as a new one, with all of its counts.
    private void ForgetUnread()
    {
        bool isTry = _poll % PollsBetweenTries == 0;
        for (int row = 0; row < _table.Rows; row++)
        {
            // A free row keeps the number of the poll in which it was last read, or 0 once it is forgotten.
            if (_readIn[row] == 0 || (_readIn[row] == _poll && !(isTry && _series[row] == Failed))) continue;
            _readIn[row] = 0;
            _table.Remove(row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AnyBelow(ReadOnlySpan<ulong> current, ReadOnlySpan<ulong> last)
    {
        int i = 0;
        for (; i <= current.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            if (Vector.LessThanAny(new Vector<ulong>(current[i..]), new Vector<ulong>(last[i..]))) return true;
        }

        for (; i < current.Length; i++)
        {
            if (current[i] < last[i]) return true;
        }

        return false;
    }

    private void MakeRoom(int row)
    {
        if (row >= _series.Length)
        {
            int capacity = _table.Capacity;
            Array.Resize(ref _before, checked(capacity * words));
            Array.Resize(ref _now, checked(capacity * words));
            Array.Resize(ref _series, capacity);
            Array.Resize(ref _readIn, capacity);
        }

        _before.AsSpan(row * words, words).Clear();
        _series[row] = Undecided;
    }
}
