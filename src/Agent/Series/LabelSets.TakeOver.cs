namespace EbpfAgent.Series;

/// <content>From one version of a plugin to the next.</content>
internal sealed partial class LabelSets
{
    /// <summary>Takes over all of another's label sets, of the same names; no key maps to them yet. Those above the limit stay, and no new ones come till there is room.</summary>
    /// <returns>For each of the other's places its series here.</returns>
    public int[] Adopt(LabelSets old, SlotMapping mapping)
    {
        int[] places = new int[old.Table.Places];
        for (int series = 0; series < places.Length; series++)
        {
            places[series] = PolledKeys.Undecided;
            if (old.Table.State(series) == SeriesState.Free) continue;
            int adopted = Table.Add(old.Table.Text(series), old.Table.State(series), old.Table.Changed(series));
            mapping.Carry(old.Table.Totals(series), Table.Totals(adopted));
            places[series] = adopted;
        }

        foreach (RememberedSeries.Entry entry in old.Remembered.OldestFirst)
        {
            Remember(entry.Labels, entry.Totals, mapping);
        }

        foreach (ulong hash in old.Overflowed.Hashes) Overflowed.Add(hash);
        Remembered.CountForgotten(old.Remembered.Forgotten);
        if (_overflowText is not null) _overflow = Table.Find(_overflowText);
        if (_overflow >= 0) Table.SetState(_overflow, SeriesState.Exposed);
        return places;
    }

    /// <summary>Remembers all of another's label sets, none of which is exposed here, as they have other names: a later version may have the names again.</summary>
    public void Remember(LabelSets old, SlotMapping mapping)
    {
        Remembered.CountForgotten(old.Remembered.Forgotten);
        foreach (RememberedSeries.Entry entry in old.Remembered.OldestFirst) Remember(entry.Labels, entry.Totals, mapping);
        for (int series = 0; series < old.Table.Places; series++)
        {
            if (old.Table.State(series) != SeriesState.Free) Remember(old.Table.Text(series), old.Table.Totals(series), mapping);
        }

        foreach (ulong hash in old.Overflowed.Hashes) Overflowed.Add(hash);
    }

    private void Remember(string labels, ReadOnlySpan<ulong> totals, SlotMapping mapping)
    {
        ulong[] words = new ulong[Table.Words];
        mapping.Carry(totals, words);
        Remembered.Put(labels, words);
    }
}
