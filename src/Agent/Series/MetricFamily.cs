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
internal abstract class MetricFamily
{
    // What the host calls things changes seldom, and a scrape that is a minute behind misleads nobody.
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(1);

    private readonly IKeyDecoder _decoder;
    private readonly TimeProvider _time;
    private readonly byte[] _someKey;
    private bool _hasSomeKey;
    private long _refreshedAt;

    private protected MetricFamily(FamilyDescription description, PolledKeys polled, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
    {
        _decoder = decoder;
        _time = time;
        _someKey = new byte[polled.KeySize];
        _refreshedAt = time.GetTimestamp();
        Description = description;
        Polled = polled;
        Gate = gate;
        Naming = new KeyNaming(decoder, limits.MaxLabelLength, time);
    }

    public FamilyDescription Description { get; }

    public Lock Gate { get; }

    /// <summary>What was left out, and why.</summary>
    public DropCounts Drops { get; } = new();

    /// <summary>The time that decoding has taken so far.</summary>
    public TimeSpan DecodingTime => Naming.Time;

    /// <summary>The series, to be read with <see cref="Gate"/> held.</summary>
    public abstract SeriesTable Series { get; }

    /// <summary>How many keys the last poll found in the map.</summary>
    public int Keys => Polled.Count;

    private protected KeyNaming Naming { get; }

    private protected PolledKeys Polled { get; set; }

    /// <summary>Those that this poll has decoded; <see cref="Commit"/> gives them their series.</summary>
    private protected List<NewKey> NewKeys { get; } = [];

    /// <summary>Begins a poll.</summary>
    public abstract void Begin();

    /// <summary>
    /// Where the words of a key go: of a histogram or counter its sum, then its slots; of a gauge the number. Zeroed if this poll hasn't read the key before; otherwise what it
    /// has read so far. A key that was never seen is decoded here, once. Valid until the next call.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<ulong> Stage(ReadOnlySpan<byte> key)
    {
        int row = Polled.Touch(key, out bool added, out bool firstInPoll);
        if (added || (Polled.AnyUndecided && Polled.Series(row) == PolledKeys.Undecided)) Decode(key, row);
        Span<ulong> staged = Polled.Now(row);
        if (firstInPoll) staged.Clear();
        return staged;
    }

    /// <summary>Makes the staged poll visible. Call with <see cref="Gate"/> held.</summary>
    public abstract void Commit();

    /// <summary>
    /// Goes on from where another version of this metric has come to, with another decoder, other limits, perhaps other buckets. Call once, before the first
    /// <see cref="Begin"/> and before it is exposed; the old one may still be exposed, but is never polled again: no call of it may be under way, and it loses its keys.
    /// </summary>
    /// <param name="former">The other version; of the same <see cref="TimeProvider"/>.</param>
    /// <param name="sameMap">
    /// Whether the map in the kernel is the same object, so that its counts go on. Then what each key counted last is known, and nothing is counted
    /// twice; each key is decoded anew in the first poll. A label set goes on if a key still maps to it, one that is new begins at 0, and one whose keys all have
    /// other labels now ends with the first <see cref="Commit"/>, though it is remembered. If the map is a new one, all label sets stay, until they expire.
    /// </param>
    /// <exception cref="ArgumentException">The map can't be the same one: its keys or values have another size, or its slots another meaning. Nothing has changed.</exception>
    public virtual void TakeOver(MetricFamily former, bool sameMap)
    {
        Drops.Add(former.Drops);
        Naming.AddTime(former.DecodingTime);
        if (!sameMap || former._someKey.Length != _someKey.Length) return;
        _hasSomeKey = former._hasSomeKey;
        former._someKey.CopyTo(_someKey, 0);
    }

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

    private protected void RememberSomeKey()
    {
        int row = 0;
        while (row < Polled.Rows && !Polled.IsInUse(row)) row++;
        _hasSomeKey = row < Polled.Rows;
        if (_hasSomeKey) Polled.Key(row).CopyTo(_someKey);
    }

    /// <summary>Whether all keys are to be decoded anew, as what they are called comes from the host and may have changed.</summary>
    private protected bool IsRefreshDue()
    {
        if (!_decoder.MayGoStale || _time.GetElapsedTime(_refreshedAt) < RefreshEvery) return false;
        _refreshedAt = _time.GetTimestamp();
        return true;
    }

    /// <summary>Whether a key that is decoded anew had no labels before, and so is counted already.</summary>
    private protected virtual bool WasFiltered(int row) => false;

    private void Decode(ReadOnlySpan<byte> key, int row)
    {
        string? labels = Naming.Name(key, out string? failure);
        if (labels is not null) NewKeys.Add(new NewKey(row, labels));
        Polled.Series(row) = labels is not null ? PolledKeys.Named : failure is not null ? PolledKeys.Failed : PolledKeys.Filtered;
        if (failure is not null) Drops.Count(DropReason.DecodeFailed, failure);
        else if (labels is null && !WasFiltered(row)) Drops.Count(DropReason.Filtered, null);
    }

    private protected readonly record struct NewKey(int Row, string Labels);
}
