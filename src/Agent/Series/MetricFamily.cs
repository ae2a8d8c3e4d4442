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

    private protected MetricFamily(FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
    {
        _decoder = decoder;
        _time = time;
        _someKey = new byte[keySize];
        _refreshedAt = time.GetTimestamp();
        Description = description;
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
    public abstract int Keys { get; }

    private protected KeyNaming Naming { get; }

    /// <summary>Begins a poll.</summary>
    public abstract void Begin();

    /// <summary>
    /// Where the words of a key go: of a histogram or counter its sum, then its slots; of a gauge the number. Zeroed if this poll hasn't read the key before; otherwise what it
    /// has read so far. A key that was never seen is decoded here, once. Valid until the next call.
    /// </summary>
    public abstract Span<ulong> Stage(ReadOnlySpan<byte> key);

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

    private protected void RememberSomeKeyOf(PolledKeys keys)
    {
        int row = 0;
        while (row < keys.Rows && !keys.IsInUse(row)) row++;
        _hasSomeKey = row < keys.Rows;
        if (_hasSomeKey) keys.Key(row).CopyTo(_someKey);
    }

    /// <summary>Whether all keys are to be decoded anew, as what they are called comes from the host and may have changed.</summary>
    private protected bool IsRefreshDue()
    {
        if (!_decoder.MayGoStale || _time.GetElapsedTime(_refreshedAt) < RefreshEvery) return false;
        _refreshedAt = _time.GetTimestamp();
        return true;
    }
}
