namespace EbpfAgent.Series;

/// <summary>
/// Which label set has a series: within the limit, above it, while it lives, and when it returns. Guarded by its family's lock.
/// </summary>
/// <remarks>
/// A label set whose values are all <c>other</c> is the one for what is above the limit, whoever made it: it does not count against the limit and does not
/// expire. A family without labels has one label set, which always has room.
/// </remarks>
internal sealed partial class LabelSets
{
    private readonly SeriesLimits _limits;
    private readonly string? _overflowText;
    private readonly bool _hasLabels;
    private readonly long _goneAfter;
    private readonly long _unchangedAfter;
    private readonly long _checkEvery;
    private long _nextCheck;
    private int _overflow = -1;

    public LabelSets(IReadOnlyList<string> names, int words, SeriesLimits limits, TimeProvider time)
    {
        _limits = limits;
        _hasLabels = names.Count > 0;
        _overflowText = _hasLabels && limits.Overflow == Overflow.Other ? LabelText.Format(names, [.. names.Select(static _ => "other")]) : null;
        _goneAfter = Ticks(limits.ExpireGone, time);
        _unchangedAfter = Ticks(limits.ExpireUnchanged, time);
        // A walk over all series; nobody minds a tenth more.
        _checkEvery = Math.Min(_goneAfter, _unchangedAfter) / 10;
        _nextCheck = time.GetTimestamp() + Math.Min(_checkEvery, long.MaxValue / 2);
        Table = new SeriesTable(words);
        Remembered = new RememberedSeries(limits.MaxSeries);
    }

    public SeriesTable Table { get; }

    public RememberedSeries Remembered { get; }

    public OverflowedLabels Overflowed { get; init; } = new();

    /// <summary>The text of the label set that what is above the limit is counted in; null where it is dropped.</summary>
    public string? OverflowText => _overflowText;

    /// <summary>Whether label sets have moved in a way that the map's content and an older snapshot don't tell. Set here, cleared by the family.</summary>
    public bool Moved { get; set; }

    public bool IsOverflow(int series) => series >= 0 && series == _overflow;

    /// <summary>Has one more key map to a label set that has a series, exposed or not.</summary>
    /// <returns>The series, or -1.</returns>
    public int JoinKnown(string labels)
    {
        int series = Table.Find(labels);
        if (series >= 0) Table.Keys(series)++;
        return series;
    }

    /// <summary>Has one more key map to a label set, for which a series is made if there is room.</summary>
    /// <param name="labels">The label text.</param>
    /// <param name="atRest">The key has not changed for long: its series, if it is new, is not exposed until it does.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="overflowed">Whether the label set found no room.</param>
    /// <returns>The series, or <see cref="PolledKeys.OverLimit"/>.</returns>
    public int Join(string labels, bool atRest, long now, out bool overflowed)
    {
        int series = JoinKnown(labels);
        overflowed = series < 0 && !MayHave(labels, atRest);
        if (series >= 0) return series;
        if (overflowed) return JoinOverflow(labels, now);
        bool isOverflow = labels == _overflowText;
        series = Table.Add(labels, atRest && !isOverflow ? SeriesState.Resting : SeriesState.Exposed, now);
        if (isOverflow) _overflow = series;
        Remembered.TryTake(labels, Table.Totals(series));
        Table.Keys(series)++;
        return series;
    }

    /// <summary>Has a series that is not exposed go on, as one of its keys has changed.</summary>
    /// <returns>The series, which is exposed now, or the one that the key maps to from now on, since there is no room for its own.</returns>
    public int Wake(int series, long now)
    {
        if (Table.State(series) == SeriesState.Resting && HasRoom(Table.Text(series)))
        {
            Table.SetState(series, SeriesState.Exposed);
            return series;
        }

        Table.SetState(series, SeriesState.Closed);
        int joined = JoinOverflow(Table.Text(series), now);
        Leave(series, now);
        return joined;
    }

    /// <summary>One key less maps to the series.</summary>
    public void Leave(int series, long now)
    {
        if (--Table.Keys(series) > 0) return;
        if (Table.IsExposed(series)) Table.Changed(series) = now;
        else Retire(series);
    }

    /// <summary>Ends a series: it is remembered, unless it can't return.</summary>
    public void Retire(int series)
    {
        if (series == _overflow) return;
        if (Table.State(series) == SeriesState.Closed) Remembered.CountForgotten(Gain.Observations(Table.Totals(series)));
        else Remembered.Put(Table.Text(series), Table.Totals(series));
        Table.Remove(series);
        Moved = true;
    }

    /// <summary>Whether it is time to look for what has expired.</summary>
    public bool IsCheckDue(long now)
    {
        if (now < _nextCheck || _checkEvery >= long.MaxValue / 10) return false;
        _nextCheck = now + _checkEvery;
        return true;
    }

    /// <summary>Ends the series to which no key has mapped for long.</summary>
    public void RetireGone(long now)
    {
        for (int series = 0; series < Table.Places; series++)
        {
            if (Table.IsExposed(series) && Table.Keys(series) == 0 && now - Table.Changed(series) >= _goneAfter) Retire(series);
        }
    }

    /// <summary>Has the series rest that have not changed for long.</summary>
    public void RestUnchanged(long now)
    {
        for (int series = 0; series < Table.Places; series++)
        {
            if (!Table.IsExposed(series) || Table.Keys(series) == 0 || series == _overflow || now - Table.Changed(series) < _unchangedAfter) continue;
            Table.SetState(series, SeriesState.Resting);
            Moved = true;
        }
    }

    /// <summary>Ends the series that are not exposed and that no key maps to.</summary>
    public void RetireHidden()
    {
        for (int series = 0; series < Table.Places; series++)
        {
            if (Table.State(series) is SeriesState.Resting or SeriesState.Closed && Table.Keys(series) == 0) Retire(series);
        }
    }

    private bool MayHave(string labels, bool atRest)
    {
        if (!_hasLabels || labels == _overflowText) return true;
        // One that is remembered had a series, and so was never kept away.
        bool isKept = !Remembered.Holds(labels) && Overflowed.MayHold(labels);
        return !isKept && (atRest || HasRoom(labels));
    }

    private bool HasRoom(string labels) =>
        !_hasLabels || labels == _overflowText || Table.Count - (_overflow >= 0 ? 1 : 0) < _limits.MaxSeries;

    private int JoinOverflow(string labels, long now)
    {
        Overflowed.Add(labels);
        Remembered.Forget(labels);
        Moved = true;
        return _overflowText is null ? PolledKeys.OverLimit : Join(_overflowText, atRest: false, now, out _);
    }

    private static long Ticks(TimeSpan? span, TimeProvider time) =>
        span is { } some && some.TotalSeconds * time.TimestampFrequency is < long.MaxValue / 2 and var ticks ? (long)ticks : long.MaxValue;
}
