namespace EbpfAgent.Series;

/// <content>From one version of a plugin to the next.</content>
internal sealed partial class HistogramFamily
{
    /// <summary>
    /// Goes on from where another version of this metric has come to, with another decoder, other limits, perhaps other buckets. Call once, before the first
    /// <see cref="Begin"/> and before it is exposed; the old one may still be exposed, but is never polled again: no call of it may be under way, and it loses its keys.
    /// </summary>
    /// <param name="old">The other version; of the same <see cref="TimeProvider"/>.</param>
    /// <param name="sameMap">
    /// Whether the map in the kernel is the same object, so that its counts go on. Then what each key counted last is known, and nothing is counted
    /// twice; each key is decoded anew in the first poll. A label set goes on if a key still maps to it, one that is new begins at 0, and one whose keys all have
    /// other labels now ends with the first <see cref="Commit"/>, though it is remembered. If the map is a new one, all label sets stay, until they expire.
    /// </param>
    /// <remarks>
    /// Under other label names no label set can go on; they are remembered, for a version that has the names again. In a new map with other buckets counts are carried as <see cref="SlotMapping"/>
    /// says. The same map's words are kept as they are, whatever the factor of the exposed unit.
    /// </remarks>
    /// <exception cref="ArgumentException">The map can't be the same one: its keys or values have another size, or its slots another meaning. Nothing has changed.</exception>
    public void TakeOver(HistogramFamily old, bool sameMap)
    {
        if (_keys.Count > 0 || Series.Places > 0) throw new InvalidOperationException($"{Description.Name} counts already; take over before the first poll");
        if (sameMap && Misfit(old) is { } misfit) throw new ArgumentException($"{Description.Name} can't have the map of its former version, {misfit}", nameof(old));
        lock (Gate)
        {
            int[]? places = AdoptLabels(old, sameMap ? SlotMapping.Raw : SlotMapping.Between(old.Description.Scheme, Description.Scheme));
            if (sameMap) AdoptKeys(old, places);
            else GiveUpKeys(old, places);
            Drops.Add(old.Drops);
            _naming.AddTime(old.DecodingTime);
            _needsSnapshot = true;
        }
    }

    private string? Misfit(HistogramFamily old) =>
        old._keys.KeySize != _keys.KeySize ? $"whose keys had {old._keys.KeySize} bytes and not {_keys.KeySize}"
        : old._keys.SlotsAreEntries != _keys.SlotsAreEntries ? "which had another layout"
        : !SlotMapping.IsSameRaw(old.Description.Scheme, Description.Scheme) ? "which had other buckets"
        : null;

    private int[]? AdoptLabels(HistogramFamily old, SlotMapping mapping)
    {
        if (Description.LabelNames.SequenceEqual(old.Description.LabelNames, StringComparer.Ordinal)) return _labels.Adopt(old._labels, mapping);
        _labels.Remember(old._labels, mapping);
        return null;
    }

    private void AdoptKeys(HistogramFamily old, int[]? places)
    {
        _keys = old._keys;
        old._keys = new PolledKeys(_keys.KeySize, _keys.Words, _keys.SlotsAreEntries);
        _former = old._former ?? _keys.DecodeAnew();
        if (old._former is not null) _keys.DecodeAnew();
        for (int row = 0; row < _former.Length; row++)
        {
            if (_former[row] >= 0) _former[row] = places?[_former[row]] ?? PolledKeys.Undecided;
        }

        // Asked now: a place may have another series by the time that the row is decoded.
        _rested = [.. _former.Select(series => series >= 0 && Series.State(series) == SeriesState.Resting)];

        _hasSomeKey = old._hasSomeKey;
        old._someKey.CopyTo(_someKey, 0);
    }

    private void GiveUpKeys(HistogramFamily old, int[]? places)
    {
        old._keys.LeftOut.GiveUp();
        old._keys.LeftOut.Flush(old.Drops);
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
            bool isKnown = _keys.IsRead(row) && _keys.Series(row) != PolledKeys.Failed;
            if (isKnown) renamed[former[row]] |= _keys.Series(row) != former[row];
            else if (Series.Keys(former[row]) == 0) Series.Changed(former[row]) = now;
        }

        for (int series = 0; series < renamed.Length; series++)
        {
            if (renamed[series] && Series.IsExposed(series) && Series.Keys(series) == 0) _labels.Retire(series);
        }
    }
}
