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
    /// <summary>The key is yet to be decoded.</summary>
    public const int Undecided = -1;

    /// <summary>The key has been decoded in a poll that is not committed yet.</summary>
    public const int Named = -2;

    /// <summary>The decoder leaves the key out.</summary>
    public const int Filtered = -3;

    /// <summary>The key could not be decoded. It is tried again now and then: what failed may have been the moment, not the key.</summary>
    public const int Failed = -4;

    /// <summary>The key's label set found no room, and is dropped.</summary>
    public const int OverLimit = -5;

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
    private bool _wasReset;

    public int KeySize => keySize;

    public int Words => words;

    public bool SlotsAreEntries => slotsAreEntries;

    public int Count => _table.Count;

    /// <summary>What keys without a series have gained.</summary>
    public LeftOutGains LeftOut { get; } = new(words);

    /// <summary>Whether keys that were read before are yet to be decoded: false but after a take-over, and when a key that failed is to be tried again.</summary>
    public bool AnyUndecided { get; private set; }

    /// <summary>Whether keys that could not be decoded are tried again in the next poll.</summary>
    public bool TriesAgain => _poll % PollsBetweenTries == 0;

    /// <summary>Whether an entry was seen to be deleted and made anew since the last <see cref="Keep"/>.</summary>
    public bool WasReset => _wasReset;

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

    /// <summary>The words of a row that its next gain is counted from.</summary>
    public Span<ulong> Before(int row) => _before.AsSpan(row * words, words);

    /// <summary>The row's series, or why it has none.</summary>
    public ref int Series(int row) => ref _series[row];

    /// <summary>All rows are below it.</summary>
    public int Rows => _table.Rows;

    public bool IsInUse(int row) => _table.IsInUse(row);

    /// <summary>The key of a row that is in use.</summary>
    public ReadOnlySpan<byte> Key(int row) => _table.Key(row);

    /// <summary>Whether the current poll has read the row.</summary>
    public bool IsRead(int row) => _readIn[row] == _poll;

    /// <summary>Adds to <paramref name="totals"/> what the row has gained since the last poll that was kept, and says whether that is anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AddGain(int row, Span<ulong> totals)
    {
        ReadOnlySpan<ulong> current = _now.AsSpan(row * words, words);
        ReadOnlySpan<ulong> last = _before.AsSpan(row * words, words);
        return slotsAreEntries ? Gain.OfSlots(current, last, totals, ref _wasReset) : Gain.OfEntry(current, last, _zeros, totals, ref _wasReset);
    }

    /// <summary>Takes what the current poll has read for what gains are counted from: none of it is one.</summary>
    public void Rebase() => _now.CopyTo(_before, 0);

    /// <summary>Forgets the key of a row, and frees the row.</summary>
    public void Remove(int row)
    {
        _readIn[row] = 0;
        _table.Remove(row);
    }

    /// <summary>Has a key that could not be decoded be tried again by the next poll. Its gains wait on.</summary>
    public void TryAgain(int row)
    {
        _series[row] = Undecided;
        AnyUndecided = true;
    }

    /// <summary>Says that every row that the current poll has read has been decoded.</summary>
    public void AllDecided() => AnyUndecided = false;

    /// <summary>Ends a poll that is kept: what it has read is what the next one's gain is counted from.</summary>
    public void Keep()
    {
        (_before, _now) = (_now, _before);
        _wasReset = false;
    }

    /// <summary>Has every key be decoded anew, and returns the series that rows had before, or why they had none.</summary>
    public int[] DecodeAnew()
    {
        int[] former = new int[Rows];
        for (int row = 0; row < former.Length; row++)
        {
            former[row] = IsInUse(row) && _series[row] != Named ? _series[row] : Undecided;
            _series[row] = Undecided;
        }

        AnyUndecided = true;
        return former;
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
