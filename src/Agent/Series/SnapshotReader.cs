using EbpfAgent.Folding;

namespace EbpfAgent.Series;

/// <summary>
/// Reads what <see cref="SnapshotWriter"/> wrote, from a file that may be cut off, damaged or another map's. Nothing is allocated for what a snapshot merely says is
/// there: memory grows with what is read.
/// </summary>
internal sealed class SnapshotReader(Stream stream) : IDisposable
{
    private const string Subject = "the snapshot";

    private readonly SnapshotStream _from = new(stream, Subject);
    private int _series;

    /// <summary>Reads what the map is, holds it against what it has to be, and returns the label names that the snapshot was written under.</summary>
    public IReadOnlyList<string> ReadShape(FamilyDescription description, int keySize)
    {
        if (_from.Read<uint>() != SnapshotWriter.Magic) throw _from.Damaged("it is none of this agent's");
        int version = _from.Read<int>();
        if (version != SnapshotWriter.Version) throw new InvalidDataException($"{Subject} is of version {version}, and this agent knows {SnapshotWriter.Version}; use the agent that wrote it, or delete it");
        int size = _from.Read<int>();
        if (size != keySize) throw Foreign($"keys of {size} bytes, and the map's have {keySize}");
        if (ReadFlag() != description.HasSum) throw Foreign("the other layout of values");
        if (_from.ReadText() != description.Reading) throw Foreign("another part of the values");
        if (!IsSameRaw(description.Scheme)) throw Foreign("other buckets");
        var names = new List<string>();
        for (int left = _from.ReadCount(int.MaxValue); left > 0; left--) names.Add(_from.ReadText());
        return names;
    }

    /// <summary>Reads the rest into an empty family's state, and returns the time that decoding took.</summary>
    public TimeSpan ReadState(FamilyState state, long now)
    {
        foreach (DropReason reason in Enum.GetValues<DropReason>()) state.Drops.Restore(reason, _from.Read<long>(), _from.Read<ulong>());
        var decoding = new TimeSpan(_from.Read<long>());
        ReadSeries(state.Labels.Table, now);
        ReadRemembered(state);
        for (int left = _from.ReadCount(OverflowedLabels.DefaultCapacity); left > 0; left--) state.Labels.Overflowed.Add(_from.Read<ulong>());
        ReadKeys(state);
        _from.CheckSeal();
        return decoding;
    }

    public void Dispose() => _from.Dispose();

    private bool IsSameRaw(BucketScheme scheme)
    {
        double factor = _from.Read<double>();
        if (_from.Read<int>() != scheme.Bounds.Count) return false;
        bool isSame = factor > 0 && double.IsFinite(factor);
        UnitScale scale = isSame ? UnitScale.From(factor) : UnitScale.One;
        foreach (double bound in scheme.Bounds) isSame &= SlotMapping.IsSameRaw(_from.Read<double>(), scale, bound, scheme.Scale);
        return isSame;
    }

    private void ReadSeries(SeriesTable table, long now)
    {
        for (int left = _from.ReadCount(int.MaxValue); left > 0; left--)
        {
            string labels = _from.ReadText();
            var state = (SeriesState)_from.Read<byte>();
            if (state is not (SeriesState.Exposed or SeriesState.Resting or SeriesState.Closed)) throw _from.Damaged($"a series is in the state {(byte)state}");
            if (table.Find(labels) >= 0) throw _from.Damaged("a label set is there twice");
            _from.Read(table.Totals(table.Add(labels, state, now)));
            _series++;
        }
    }

    private void ReadRemembered(FamilyState state)
    {
        state.Labels.Remembered.CountForgotten(_from.Read<ulong>());
        ulong[] totals = new ulong[state.Keys.Words];
        for (int left = _from.ReadCount(int.MaxValue); left > 0; left--)
        {
            string labels = _from.ReadText();
            _from.Read(totals);
            state.Labels.Remembered.Put(labels, totals);
        }
    }

    private void ReadKeys(FamilyState state)
    {
        PolledKeys keys = state.Keys;
        keys.Begin();
        byte[] key = new byte[keys.KeySize];
        for (int left = _from.ReadCount(int.MaxValue); left > 0; left--)
        {
            _from.Read(key);
            int row = keys.Touch(key, out bool added, out _);
            if (!added) throw _from.Damaged("a key is there twice");
            int series = _from.Read<int>();
            if (series < PolledKeys.OverLimit || series >= _series) throw _from.Damaged($"a key has the series {series}");
            keys.Series(row) = series;
            if (series >= 0) state.Labels.Table.Keys(series)++;
            _from.Read(keys.Before(row));
            if (ReadFlag()) _from.Read(keys.LeftOut.WaitingOf(row));
        }
    }

    private bool ReadFlag()
    {
        byte flag = _from.Read<byte>();
        return flag <= 1 ? flag == 1 : throw _from.Damaged($"a flag is {flag}");
    }

    private static InvalidDataException Foreign(string what) =>
        new($"{Subject} is of another map: it has {what}; delete it, and its metric begins with what the map counts");
}
