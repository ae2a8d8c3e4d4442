namespace EbpfAgent.Tests.Soak;

/// <summary>
/// What a plugin has to show, from what was done to it and how many events there were: the rules of reloads, as a model. Pure.
/// </summary>
/// <remarks>
/// Events are told by key, as totals since the load began. While the load runs, nobody knows which version of a relabelled plugin took an event; but a label set that is gone keeps
/// its total, and goes on from it when it returns. So of a pair whose one set is hidden, the other's count tells both, and an event that was lost or doubled
/// in between shows at the latest when both can be seen.
/// </remarks>
internal sealed class Ledger
{
    private readonly Dictionary<string, long[,]> _otherNames = [];
    private long[,] _settled = new long[Keys.Pairs, Keys.Sets];
    private readonly bool[,] _mayLinger = new bool[Keys.Pairs, Keys.Sets];
    private readonly long[] _counted = new long[Keys.Count];
    private bool _isCutUnknown;

    /// <summary>How it names its keys.</summary>
    public Labelling Labelling { get; private set; }

    /// <summary>Another version has taken over that names the keys otherwise. Its map is the same one.</summary>
    /// <param name="next">The new names.</param>
    /// <param name="events">The events so far if there were none meanwhile; null if the load went on.</param>
    public void Relabel(Labelling next, long[]? events)
    {
        if (events is null || _isCutUnknown) _isCutUnknown |= next != Labelling;
        else Assign(events);
        Labelling = next;
    }

    /// <summary>Its counts went on in a new map: label sets stay till they expire, though no key maps to them.</summary>
    public void ChangeMap()
    {
        for (int pair = 0; pair < Keys.Pairs; pair++)
        {
            for (int set = 0; set < Keys.Sets; set++) _mayLinger[pair, set] = true;
        }
    }

    /// <summary>It was away, and is back: what happened meanwhile is not counted.</summary>
    public void Return(long[] events)
    {
        events.CopyTo(_counted, 0);
        ChangeMap();
    }

    /// <summary>Its label has another name. What was counted under the old one is gone, and goes on when the name returns. At rest, right after a check.</summary>
    public void Rename(string before, string next, long[] events)
    {
        _otherNames[before] = _settled;
        _settled = _otherNames.Remove(next, out long[,]? known) ? known : new long[Keys.Pairs, Keys.Sets];
        Array.Clear(_mayLinger);
        events.CopyTo(_counted, 0);
    }

    /// <summary>All that it had counted is forgotten: it was away for too long.</summary>
    public void Forget(long[] events)
    {
        _otherNames.Clear();
        Array.Clear(_settled);
        Array.Clear(_mayLinger);
        events.CopyTo(_counted, 0);
        _isCutUnknown = false;
    }

    /// <summary>Holds what is shown against what should be, at rest: no event since the last poll. What is shown is then what the next check goes on from.</summary>
    /// <param name="events">The events so far, by key.</param>
    /// <param name="shown">The counts, by pair and set; null where there is no such series.</param>
    public Finding Check(long[] events, long?[,] shown)
    {
        Finding finding = Compare(events, shown, out long[,] settled);
        Array.Copy(settled, _settled, settled.Length);
        events.CopyTo(_counted, 0);
        _isCutUnknown = false;
        for (int key = 0; key < Keys.Count; key++) _mayLinger[Keys.PairOf(key), Labelling.SetOf(key)] = false;
        return finding;
    }

    /// <summary>The same, but nothing changes.</summary>
    public Finding Compare(long[] events, long?[,] shown) => Compare(events, shown, out _);

    private Finding Compare(long[] events, long?[,] shown, out long[,] settled)
    {
        settled = new long[Keys.Pairs, Keys.Sets];
        var finding = new Finding();
        for (int pair = 0; pair < Keys.Pairs; pair++)
        {
            long[] gains = Gains(pair, events);
            CheckPresence(pair, gains, shown, finding);
            if (_isCutUnknown) CompareSum(pair, gains.Sum(), shown, settled, finding);
            else CompareEach(pair, gains, shown, settled, finding);
        }

        return finding;
    }

    // What each set of a pair has gained if the labelling was the same all the time.
    private long[] Gains(int pair, long[] events)
    {
        long[] gains = new long[Keys.Sets];
        for (int key = 2 * pair; key < 2 * pair + 2; key++) gains[Labelling.SetOf(key)] += events[key] - _counted[key];
        return gains;
    }

    private void CheckPresence(int pair, long[] gains, long?[,] shown, Finding finding)
    {
        for (int set = 0; set < Keys.Sets; set++)
        {
            bool hasKeys = Labelling.SetOf(2 * pair) == set || Labelling.SetOf(2 * pair + 1) == set;
            if (hasKeys && gains[set] > 0 && shown[pair, set] is null) finding.Wrong($"{Keys.Text(pair, set)} is not there");
            if (!hasKeys && !_mayLinger[pair, set] && shown[pair, set] is not null) finding.Wrong($"{Keys.Text(pair, set)} is still there");
        }
    }

    private void CompareEach(int pair, long[] gains, long?[,] shown, long[,] settled, Finding finding)
    {
        for (int set = 0; set < Keys.Sets; set++)
        {
            long expected = _settled[pair, set] + gains[set];
            settled[pair, set] = shown[pair, set] ?? expected;
            finding.Count(Keys.Text(pair, set), expected, settled[pair, set]);
        }
    }

    private void CompareSum(int pair, long gain, long?[,] shown, long[,] settled, Finding finding)
    {
        long all = _settled[pair, 0] + _settled[pair, 1] + gain;
        settled[pair, 0] = shown[pair, 0] ?? all - (shown[pair, 1] ?? 0);
        settled[pair, 1] = shown[pair, 1] ?? all - settled[pair, 0];
        finding.Count($"pair {pair}", all, settled[pair, 0] + settled[pair, 1]);
        for (int set = 0; set < Keys.Sets; set++)
        {
            long most = _settled[pair, set] + gain;
            if (settled[pair, set] < _settled[pair, set] || settled[pair, set] > most)
                finding.Wrong($"{Keys.Text(pair, set)} has {settled[pair, set]}, which is not between {_settled[pair, set]} and {most}");
        }
    }

    private void Assign(long[] events)
    {
        for (int key = 0; key < Keys.Count; key++) _settled[Keys.PairOf(key), Labelling.SetOf(key)] += events[key] - _counted[key];
        events.CopyTo(_counted, 0);
    }
}

/// <summary>What a check has found.</summary>
internal sealed class Finding
{
    private readonly List<string> _problems = [];

    /// <summary>Events that are in no count.</summary>
    public long Lost { get; private set; }

    /// <summary>Counts without an event.</summary>
    public long Doubled { get; private set; }

    /// <summary>All that is not as it should be, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public bool IsExact => _problems.Count == 0;

    public void Wrong(string problem) => _problems.Add(problem);

    public void Count(string what, long expected, long shown)
    {
        if (shown == expected) return;
        Lost += Math.Max(0, expected - shown);
        Doubled += Math.Max(0, shown - expected);
        _problems.Add($"{what} counts {shown} of {expected} events");
    }
}
