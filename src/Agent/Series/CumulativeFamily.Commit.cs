using System.Runtime.CompilerServices;

namespace EbpfAgent.Series;

/// <content>From what a poll has staged to what a scrape sees.</content>
internal sealed partial class CumulativeFamily
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Commit()
    {
        long now = _time.GetTimestamp();
        if (_isBaseline) Polled.Rebase();
        _isBaseline = false;
        bool checksExpiry = _labels.IsCheckDue(now);
        FindSeries(now, checksExpiry);
        PolledKeys keys = Polled;
        SeriesTable table = _labels.Table;
        for (int row = 0; row < keys.Rows; row++)
        {
            int series = keys.Series(row);
            if (series < 0 || !keys.IsRead(row) || !table.IsExposed(series)) CommitOther(row, now);
            else if (keys.AddGain(row, table.Totals(series))) table.Changed(series) = now;
        }

        if (checksExpiry) _labels.RestUnchanged(now);
        Finish();
    }

    // Label sets that have a series come first: then it is known which series nobody needs any more, and so what room there is for new ones.
    private void FindSeries(long now, bool checksExpiry)
    {
        Polled.AllDecided();
        int rest = 0;
        for (int i = 0; i < NewKeys.Count; i++)
        {
            NewKey key = NewKeys[i];
            // Decoded in a poll that failed later, and gone since: a series for it would stand at zero.
            if (!Polled.IsRead(key.Row)) continue;
            int series = _labels.JoinKnown(key.Labels);
            if (series >= 0) Assign(key.Row, series);
            else NewKeys[rest++] = key;
        }

        if (_former is not null) VacateRenamed(_former, now);
        if (checksExpiry) _labels.RetireGone(now);
        for (int i = 0; i < rest; i++) FindRoom(NewKeys[i], now);
        NewKeys.Clear();
        if (_former is not null) _labels.RetireHidden();
        _former = null;
        _rested = null;
    }

    private void FindRoom(NewKey key, long now)
    {
        int former = Former(key.Row);
        int series = _labels.Join(key.Labels, atRest: _rested is not null && key.Row < _rested.Length && _rested[key.Row], now, out bool overflowed);
        Assign(key.Row, series);
        if (overflowed && former != PolledKeys.OverLimit && !_labels.IsOverflow(former)) CountOverflow(key.Labels);
    }

    private void Assign(int row, int series)
    {
        Polled.Series(row) = series;
        Polled.LeftOut.Settle(row, series >= 0 ? Series.Totals(series) : Polled.LeftOut.Dropped(DropReason.SeriesLimit));
    }

    // Rows whose gain goes into no exposed series, or that have none, as the poll has not read their keys.
    private void CommitOther(int row, long now)
    {
        int series = Polled.Series(row);
        if (!Polled.IsInUse(row)) return;
        if (!Polled.IsRead(row)) Leave(row, series, now);
        else if (series >= 0) CommitResting(row, series, now);
        else if (series == PolledKeys.Failed) Wait(row);
        else LeaveOut(row, series == PolledKeys.Filtered ? DropReason.Filtered : DropReason.SeriesLimit);
    }

    private void CommitResting(int row, int series, long now)
    {
        _scratch.AsSpan().Clear();
        if (!Polled.AddGain(row, _scratch)) return;
        string labels = Series.Text(series);
        int woken = _labels.Wake(series, now);
        Polled.Series(row) = woken;
        if (woken != series) CountOverflow(labels);
        Gain.Add(_scratch, woken >= 0 ? Series.Totals(woken) : Polled.LeftOut.Dropped(DropReason.SeriesLimit));
        if (woken >= 0) Series.Changed(woken) = now;
    }

    private void Wait(int row)
    {
        _scratch.AsSpan().Clear();
        if (Polled.AddGain(row, _scratch)) Gain.Add(_scratch, Polled.LeftOut.WaitingOf(row));
        if (Polled.TriesAgain) Polled.TryAgain(row);
    }

    private void LeaveOut(int row, DropReason reason)
    {
        Span<ulong> dropped = Polled.LeftOut.Dropped(reason);
        Polled.LeftOut.Settle(row, dropped);
        Polled.AddGain(row, dropped);
    }

    // What the key has counted is in its series already.
    private void Leave(int row, int series, long now)
    {
        if (series >= 0) _labels.Leave(series, now);
        Polled.LeftOut.Settle(row, Polled.LeftOut.Dropped(DropReason.DecodeFailed));
        Polled.Remove(row);
        _labels.Moved = true;
    }

    private void Finish()
    {
        Polled.LeftOut.Flush(Drops);
        if (_labels.Moved || Polled.WasReset) _needsSnapshot = true;
        _labels.Moved = false;
        Polled.Keep();
        RememberSomeKey();
    }

    private void CountOverflow(string labels)
    {
        string consequence = _labels.OverflowText is { } other ? $" and is counted in {{{other}}}" : "";
        Drops.Count(DropReason.SeriesLimit, $"{Description.Name} has {_limits.MaxSeries} series, its limit, and {{{labels}}} would be one more{consequence}; raise limits.maxSeries, or let fewer label values through");
    }
}
