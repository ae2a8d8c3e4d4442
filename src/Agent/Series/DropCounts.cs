namespace EbpfAgent.Series;

/// <summary>Why a key has no series of its own.</summary>
internal enum DropReason
{
    /// <summary>The decoder said so. Not an error.</summary>
    Filtered,

    /// <summary>The decoder threw.</summary>
    DecodeFailed,

    /// <summary>The metric has as many series as it may.</summary>
    SeriesLimit,
}

/// <summary>How many keys were left out, by reason, what they had counted, and the last message. Written by the polling thread, read by any.</summary>
internal sealed class DropCounts
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    private readonly long[] _keys = new long[Reasons];
    private readonly ulong[] _observations = new ulong[Reasons];
    private volatile string? _lastMessage;

    /// <summary>What the last failure said; null if there was none.</summary>
    public string? LastMessage => _lastMessage;

    /// <summary>How many keys.</summary>
    public long this[DropReason reason] => Interlocked.Read(ref _keys[(int)reason]);

    /// <summary>
    /// How many events of such keys are in no series. Those of a key that can't be decoded wait until it can, and are counted here when it leaves the map
    /// before; those of a key that is counted in <c>other</c> are not left out.
    /// </summary>
    public ulong Observations(DropReason reason) => Interlocked.Read(ref _observations[(int)reason]);

    public void Count(DropReason reason, string? message)
    {
        Interlocked.Increment(ref _keys[(int)reason]);
        if (message is not null) _lastMessage = message;
    }

    public void Observe(DropReason reason, ulong observations) => Interlocked.Add(ref _observations[(int)reason], observations);

    /// <summary>Sets what has been counted before, by another agent.</summary>
    public void Restore(DropReason reason, long keys, ulong observations)
    {
        Interlocked.Exchange(ref _keys[(int)reason], keys);
        Interlocked.Exchange(ref _observations[(int)reason], observations);
    }

    /// <summary>Goes on from where another has come to: the counts are exposed as counters.</summary>
    public void Add(DropCounts other)
    {
        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            Interlocked.Add(ref _keys[(int)reason], other[reason]);
            Observe(reason, other.Observations(reason));
        }

        _lastMessage ??= other.LastMessage;
    }
}
