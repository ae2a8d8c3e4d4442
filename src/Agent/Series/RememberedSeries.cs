namespace EbpfAgent.Series;

/// <summary>
/// The totals of series that have expired, so that one that returns goes on from where it was. Of bounded size: the oldest is forgotten first, and begins
/// at 0 if it returns.
/// </summary>
/// <remarks>Guarded by its family's lock.</remarks>
internal sealed class RememberedSeries(int limit)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _byLabels = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _oldestFirst = [];

    public int Count => _byLabels.Count;

    /// <summary>How many events were counted in series that have been forgotten.</summary>
    public ulong Forgotten { get; private set; }

    public IEnumerable<Entry> OldestFirst => _oldestFirst;

    public bool Holds(string labels) => _byLabels.ContainsKey(labels);

    public void Put(string labels, ReadOnlySpan<ulong> totals)
    {
        Forget(labels);
        _byLabels.Add(labels, _oldestFirst.AddLast(new Entry(labels, totals.ToArray())));
        if (Count > limit) Forget(_oldestFirst.First!.Value.Labels);
    }

    /// <summary>Takes a series' totals out, if it is remembered.</summary>
    public bool TryTake(string labels, Span<ulong> totals)
    {
        if (!_byLabels.Remove(labels, out LinkedListNode<Entry>? entry)) return false;
        _oldestFirst.Remove(entry);
        entry.Value.Totals.CopyTo(totals);
        return true;
    }

    public void Forget(string labels)
    {
        if (!_byLabels.Remove(labels, out LinkedListNode<Entry>? entry)) return;
        _oldestFirst.Remove(entry);
        CountForgotten(Gain.Observations(entry.Value.Totals));
    }

    public void CountForgotten(ulong observations) => Forgotten += observations;

    /// <param name="Labels">The label text.</param>
    /// <param name="Totals">The sum, and then the slots.</param>
    internal readonly record struct Entry(string Labels, ulong[] Totals);
}
