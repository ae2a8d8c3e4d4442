namespace EbpfAgent.Series;

/// <summary>Why a key has no series.</summary>
internal enum DropReason
{
    /// <summary>The decoder said so. Not an error.</summary>
    Filtered,

    /// <summary>The decoder threw.</summary>
    DecodeFailed,

    /// <summary>The metric has as many series as it may.</summary>
    SeriesLimit,
}

/// <summary>How many keys were left out, by reason, and the last message. Written by the polling thread, read by any.</summary>
internal sealed class DropCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];
    private volatile string? _lastMessage;

    /// <summary>What the last failure said; null if there was none.</summary>
    public string? LastMessage => _lastMessage;

    public long this[DropReason reason] => Interlocked.Read(ref _counts[(int)reason]);

    public void Count(DropReason reason, string? message)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        if (message is not null) _lastMessage = message;
    }
}
