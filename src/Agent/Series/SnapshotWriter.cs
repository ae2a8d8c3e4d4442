namespace EbpfAgent.Series;

/// <summary>Writes what a family knows, for <see cref="SnapshotReader"/>.</summary>
internal static class SnapshotWriter
{
    /// <summary>"EAHF", in the host's byte order: a snapshot from a host of the other one is not recognised.</summary>
    public const uint Magic = 0x46484145;

    /// <summary>Raised whenever the format changes.</summary>
    public const int Version = 2;

    public static void Write(Stream stream, FamilyDescription description, FamilyState state)
    {
        using var to = new SnapshotStream(stream, "the snapshot");
        to.Write(Magic);
        to.Write(Version);
        WriteShape(to, description, state.Keys.KeySize);
        WriteDrops(to, state);
        int[] places = WriteSeries(to, state.Labels.Table);
        WriteRemembered(to, state.Labels.Remembered);
        to.Write(state.Labels.Overflowed.Hashes.Count);
        foreach (ulong hash in state.Labels.Overflowed.Hashes) to.Write(hash);
        WriteKeys(to, state, places);
        to.Seal();
    }

    private static void WriteShape(SnapshotStream to, FamilyDescription description, int keySize)
    {
        to.Write(keySize);
        to.Write(description.HasSum);
        to.Write(description.Reading);
        to.Write(description.Scheme.Scale.Factor);
        to.Write(description.Scheme.Bounds.Count);
        foreach (double bound in description.Scheme.Bounds) to.Write(bound);
        to.Write(description.LabelNames.Count);
        foreach (string name in description.LabelNames) to.Write(name);
    }

    private static void WriteDrops(SnapshotStream to, FamilyState state)
    {
        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            to.Write(state.Drops[reason]);
            to.Write(state.Drops.Observations(reason));
        }

        to.Write(state.DecodingTime.Ticks);
    }

    private static int[] WriteSeries(SnapshotStream to, SeriesTable table)
    {
        int[] places = new int[table.Places];
        int[] used = [.. Enumerable.Range(0, table.Places).Where(series => table.State(series) != SeriesState.Free)];
        to.Write(used.Length);
        for (int i = 0; i < used.Length; i++)
        {
            places[used[i]] = i;
            to.Write(table.Text(used[i]));
            to.Write(table.State(used[i]));
            to.Write(table.Totals(used[i]));
        }

        return places;
    }

    private static void WriteRemembered(SnapshotStream to, RememberedSeries remembered)
    {
        to.Write(remembered.Forgotten);
        to.Write(remembered.Count);
        foreach (RememberedSeries.Entry entry in remembered.OldestFirst)
        {
            to.Write(entry.Labels);
            to.Write(entry.Totals);
        }
    }

    private static void WriteKeys(SnapshotStream to, FamilyState state, int[] places)
    {
        PolledKeys keys = state.Keys;
        to.Write(keys.Count);
        for (int row = 0; row < keys.Rows; row++)
        {
            if (!keys.IsInUse(row)) continue;
            int series = state.Former is { } former && row < former.Length ? former[row] : keys.Series(row);
            bool waits = keys.LeftOut.Waits(row);
            to.Write(keys.Key(row));
            to.Write(series >= 0 ? places[series] : series);
            to.Write(keys.Before(row));
            to.Write(waits);
            if (waits) to.Write(keys.LeftOut.WaitingOf(row));
        }
    }
}
