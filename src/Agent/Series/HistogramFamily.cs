using System.Runtime.CompilerServices;
using EbpfAgent.Decoding;

namespace EbpfAgent.Series;

/// <summary>
/// One metric's way from raw keys to series. A poll is staged key by key and becomes visible all at once, in <see cref="Commit"/>; one that is
/// not committed has changed nothing.
/// </summary>
/// <remarks>
/// Staging belongs to the polling thread. <see cref="Series"/> and <see cref="Commit"/> are called with <see cref="Gate"/> held, which the
/// families of a plugin share, so that a scrape sees all of one poll or none of it.
/// </remarks>
internal sealed partial class HistogramFamily
{
    private readonly SeriesLimits _limits;
    private readonly TimeProvider _time;
    private readonly KeyNaming _naming;
    private readonly LabelSets _labels;
    private readonly List<NewKey> _newKeys = [];
    private readonly ulong[] _scratch;
    private readonly byte[] _someKey;
    private PolledKeys _keys;
    private bool _hasSomeKey;
    private int[]? _former;
    private bool[]? _rested;

    /// <param name="description">What it is.</param>
    /// <param name="keySize">Bytes of a key, as the decoder gets it.</param>
    /// <param name="decoder">From a key to label values.</param>
    /// <param name="limits">The bounds of its series.</param>
    /// <param name="gate">The lock that the families of a plugin share.</param>
    /// <param name="time">What expiry and the cost of decoding are measured by; that of a family that is taken over, too.</param>
    public HistogramFamily(FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
    {
        int words = description.Scheme.Slots + 1;
        _limits = limits;
        _time = time;
        _naming = new KeyNaming(decoder, limits.MaxLabelLength, time);
        _labels = new LabelSets(description.LabelNames, words, limits, time);
        _scratch = new ulong[words];
        _someKey = new byte[keySize];
        _keys = new PolledKeys(keySize, words, slotsAreEntries: !description.HasSum);
        Description = description;
        Gate = gate;
    }

    public FamilyDescription Description { get; }

    /// <summary>The series, to be read with <see cref="Gate"/> held.</summary>
    public SeriesTable Series => _labels.Table;

    public Lock Gate { get; }

    /// <summary>What was left out, and why.</summary>
    public DropCounts Drops { get; } = new();

    /// <summary>The time that decoding has taken so far.</summary>
    public TimeSpan DecodingTime => _naming.Time;

    /// <summary>How many keys the last poll found in the map.</summary>
    public int Keys => _keys.Count;

    /// <summary>The series that have expired, to be read with <see cref="Gate"/> held.</summary>
    public RememberedSeries Remembered => _labels.Remembered;

    /// <summary>Copies some key that the last poll that was kept has read. Any thread may call: it takes <see cref="Gate"/>.</summary>
    /// <returns>False if the map was empty, or has not been polled.</returns>
    public bool TryCopyAnyKey(out byte[] key)
    {
        lock (Gate)
        {
            key = _hasSomeKey ? [.. _someKey] : [];
            return _hasSomeKey;
        }
    }

    /// <summary>Begins a poll.</summary>
    public void Begin() => _keys.Begin();

    /// <summary>
    /// Where the words of a key go: its sum, then its slots. Zeroed if this poll hasn't read the key before; otherwise what it
    /// has read so far. A key that was never seen is decoded here, once. Valid until the next call.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<ulong> Stage(ReadOnlySpan<byte> key)
    {
        int row = _keys.Touch(key, out bool added, out bool firstInPoll);
        if (added || (_keys.AnyUndecided && _keys.Series(row) == PolledKeys.Undecided)) Decode(key, row);
        Span<ulong> staged = _keys.Now(row);
        if (firstInPoll) staged.Clear();
        return staged;
    }

    private void Decode(ReadOnlySpan<byte> key, int row)
    {
        string? labels = _naming.Name(key, out string? failure);
        if (labels is not null) _newKeys.Add(new NewKey(row, labels));
        _keys.Series(row) = labels is not null ? PolledKeys.Named : failure is not null ? PolledKeys.Failed : PolledKeys.Filtered;
        if (failure is not null) Drops.Count(DropReason.DecodeFailed, failure);
        else if (labels is null && Former(row) != PolledKeys.Filtered) Drops.Count(DropReason.Filtered, null);
    }

    private readonly record struct NewKey(int Row, string Labels);
}
