namespace EbpfAgent.Series;

/// <content>From one version of a plugin to the next.</content>
internal sealed partial class CumulativeFamily
{
    /// <remarks>
    /// Under other label names no label set can go on; they are remembered, for a version that has the names again. In a new map with other buckets counts are carried as <see cref="SlotMapping"/>
    /// says. The same map's words are kept as they are, whatever the factor of the exposed unit. Where they are read otherwise (another field, other buckets, each CPU by itself) the first poll is
    /// what gains are counted from: what the map holds then was counted already, in the former way.
    /// </remarks>
    public override void TakeOver(MetricFamily former, bool sameMap)
    {
        if (Polled.Count > 0 || Series.Places > 0) throw new InvalidOperationException($"{Description.Name} counts already; take over before the first poll");
        // A gauge, or a family of another kind, has no totals that could go on.
        if (former is not CumulativeFamily old || old.Description.Kind != Description.Kind)
        {
            base.TakeOver(former, sameMap);
            return;
        }

        bool readsOtherwise = sameMap && old.Description.Reading != Description.Reading;
        bool isBaseline = readsOtherwise || (sameMap && old._isBaseline);
        sameMap &= !readsOtherwise;
        if (sameMap && Misfit(old) is { } misfit) throw new ArgumentException($"{Description.Name} can't have the map of its former version, {misfit}", nameof(former));
        lock (Gate)
        {
            int[]? places = AdoptLabels(old, sameMap ? SlotMapping.Raw : SlotMapping.Between(old.Description.Scheme, Description.Scheme));
            if (sameMap) AdoptKeys(old, places);
            else GiveUpKeys(old, places);
            base.TakeOver(old, sameMap);
            (_needsSnapshot, _isBaseline) = (true, isBaseline);
        }
    }

    private string? Misfit(CumulativeFamily old) =>
        old.Polled.KeySize != Polled.KeySize ? $"whose keys had {old.Polled.KeySize} bytes and not {Polled.KeySize}"
        : old.Polled.SlotsAreEntries != Polled.SlotsAreEntries ? "which had another layout"
        : !SlotMapping.IsSameRaw(old.Description.Scheme, Description.Scheme) ? "which had other buckets"
        : null;

    private int[]? AdoptLabels(CumulativeFamily old, SlotMapping mapping)
    {
        if (Description.LabelNames.SequenceEqual(old.Description.LabelNames, StringComparer.Ordinal)) return _labels.Adopt(old._labels, mapping);
        _labels.Remember(old._labels, mapping);
        return null;
    }

    private void AdoptKeys(CumulativeFamily old, int[]? places)
    {
        Polled = old.Polled;
        old.Polled = new PolledKeys(Polled.KeySize, Polled.Words, Polled.SlotsAreEntries);
        _former = old._former ?? Polled.DecodeAnew();
        if (old._former is not null) Polled.DecodeAnew();
        for (int row = 0; row < _former.Length; row++)
        {
            if (_former[row] >= 0) _former[row] = places?[_former[row]] ?? PolledKeys.Undecided;
        }

        // Asked now: a place may have another series by the time that the row is decoded.
        _rested = [.. _former.Select(series => series >= 0 && Series.State(series) == SeriesState.Resting)];
    }

    private void GiveUpKeys(CumulativeFamily old, int[]? places)
    {
        old.Polled.LeftOut.GiveUp();
        old.Polled.LeftOut.Flush(old.Drops);
        if (places is null) return;
        long now = _time.GetTimestamp();
        for (int series = 0; series < places.Length; series++)
        {
            // From now on no key maps to it; one to which none mapped before has been waiting longer.
            if (places[series] >= 0 && old.Series.Keys(series) > 0) Series.Changed(places[series]) = now;
        }

        _labels.RetireHidden();
    }

    // The first poll after a take-over: what series the row's key had before, or why it had none.
    private int Former(int row) => _former is not null && row < _former.Length ? _former[row] : PolledKeys.Undecided;

    // A series ends at once if its keys have other labels now. One whose keys have left the map, or could not be decoded, expires as ever.
    private void VacateRenamed(int[] former, long now)
    {
        bool[] renamed = new bool[Series.Places];
        for (int row = 0; row < former.Length; row++)
        {
            if (former[row] < 0) continue;
            bool isKnown = Polled.IsRead(row) && Polled.Series(row) != PolledKeys.Failed;
            if (isKnown) renamed[former[row]] |= Polled.Series(row) != former[row];
            else if (Series.Keys(former[row]) == 0) Series.Changed(former[row]) = now;
        }

        for (int series = 0; series < renamed.Length; series++)
        {
            if (renamed[series] && Series.IsExposed(series) && Series.Keys(series) == 0) _labels.Retire(series);
        }
    }
}
