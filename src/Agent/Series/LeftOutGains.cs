namespace EbpfAgent.Series;

/// <summary>
/// What keys without a series have gained. That of a key which is left out for good is summed up over a poll and then counted as dropped; that of a key which
/// could not be decoded waits, with its key, for the decoder's next try.
/// </summary>
/// <remarks>Belongs to the polling thread. Allocates once for a key that waits.</remarks>
internal sealed class LeftOutGains(int words)
{
    private readonly ulong[] _dropped = new ulong[Enum.GetValues<DropReason>().Length * words];
    private readonly Dictionary<int, ulong[]> _waiting = [];

    /// <summary>How many keys have gains that wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Where the gain of a key goes that is left out for this reason.</summary>
    public Span<ulong> Dropped(DropReason reason) => _dropped.AsSpan((int)reason * words, words);

    /// <summary>Where the gain of a row's key waits.</summary>
    public Span<ulong> WaitingOf(int row)
    {
        if (!_waiting.TryGetValue(row, out ulong[]? gains)) _waiting.Add(row, gains = new ulong[words]);
        return gains;
    }

    public bool Waits(int row) => _waiting.ContainsKey(row);

    /// <summary>Adds what waited for a row to these totals; it waits no more.</summary>
    public void Settle(int row, Span<ulong> totals)
    {
        if (_waiting.Count > 0 && _waiting.Remove(row, out ulong[]? gains)) Gain.Add(gains, totals);
    }

    /// <summary>Gives up all that waits: the map that it came from is no more.</summary>
    public void GiveUp()
    {
        foreach (int row in _waiting.Keys) Settle(row, Dropped(DropReason.DecodeFailed));
    }

    /// <summary>Counts what was dropped since the last time.</summary>
    public void Flush(DropCounts counts)
    {
        foreach (DropReason reason in Reasons)
        {
            Span<ulong> dropped = Dropped(reason);
            if (Gain.Observations(dropped) is not 0 and var observations) counts.Observe(reason, observations);
            dropped.Clear();
        }
    }

    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();
}
