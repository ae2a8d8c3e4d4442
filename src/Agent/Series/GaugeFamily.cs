using System.Runtime.CompilerServices;
using EbpfAgent.Decoding;
using EbpfAgent.Folding;

namespace EbpfAgent.Series;

/// <summary>
/// A gauge: its series are what the last poll has read, and no more. Keys with equal labels are summed; a label set that no key has any more is gone with the poll. One that finds no room is
/// dropped and counted, whatever becomes of others: a gauge of the rest of the world would mean nothing.
/// </summary>
internal sealed class GaugeFamily : MetricFamily
{
    private readonly List<(int Row, string Labels)> _newKeys = [];
    private readonly SeriesLimits _limits;
    private readonly PolledKeys _keys;

    /// <param name="description">What it is.</param>
    /// <param name="keySize">Bytes of a key, as the decoder gets it.</param>
    /// <param name="decoder">From a key to label values.</param>
    /// <param name="limits">The bounds of its series.</param>
    /// <param name="gate">The lock that the families of a plugin share.</param>
    /// <param name="time">What the cost of decoding is measured by.</param>
    public GaugeFamily(FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
        : base(description, keySize, decoder, limits, gate, time)
    {
        _limits = limits;
        _keys = new PolledKeys(keySize, words: 1, slotsAreEntries: true);
    }

    public override SeriesTable Series { get; } = new(words: 1);

    public override int Keys => _keys.Count;

    public override void Begin()
    {
        if (IsRefreshDue()) _keys.DecodeAnew();
        _keys.Begin();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override Span<ulong> Stage(ReadOnlySpan<byte> key)
    {
        int row = _keys.Touch(key, out bool added, out bool firstInPoll);
        if (added || (_keys.AnyUndecided && _keys.Series(row) == PolledKeys.Undecided)) Decode(key, row);
        Span<ulong> staged = _keys.Now(row);
        if (firstInPoll) staged.Clear();
        return staged;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Commit()
    {
        _keys.AllDecided();
        foreach ((int row, string labels) in _newKeys)
        {
            if (_keys.IsRead(row)) _keys.Series(row) = FindRoom(labels);
        }

        _newKeys.Clear();
        for (int series = 0; series < Series.Places; series++)
        {
            Series.Keys(series) = 0;
            if (Series.IsExposed(series)) Series.Totals(series).Clear();
        }

        for (int row = 0; row < _keys.Rows; row++) CommitRow(row);
        for (int series = 0; series < Series.Places; series++)
        {
            if (Series.IsExposed(series) && Series.Keys(series) == 0) Series.Remove(series);
        }

        _keys.Keep();
        RememberSomeKeyOf(_keys);
    }

    /// <inheritdoc/>
    /// <remarks>What the other one shows is shown until the first poll, so that no scrape in between misses it.</remarks>
    public override void TakeOver(MetricFamily former, bool sameMap)
    {
        lock (Gate)
        {
            base.TakeOver(former, sameMap);
            if (former is not GaugeFamily old || old.Description.Number != Description.Number || !old.Description.LabelNames.SequenceEqual(Description.LabelNames, StringComparer.Ordinal)) return;
            for (int series = 0; series < old.Series.Places; series++)
            {
                if (old.Series.IsExposed(series)) old.Series.Totals(series).CopyTo(Series.Totals(Series.Add(old.Series.Text(series))));
            }
        }
    }

    private void Decode(ReadOnlySpan<byte> key, int row)
    {
        string? labels = Naming.Name(key, out string? failure);
        if (labels is not null) _newKeys.Add((row, labels));
        _keys.Series(row) = labels is not null ? PolledKeys.Named : failure is not null ? PolledKeys.Failed : PolledKeys.Filtered;
        if (labels is null) Drops.Count(failure is null ? DropReason.Filtered : DropReason.DecodeFailed, failure);
    }

    private int FindRoom(string labels)
    {
        int series = Series.Find(labels);
        if (series >= 0) return series;
        if (Series.Count < _limits.MaxSeries || labels.Length == 0) return Series.Add(labels);
        Drops.Count(DropReason.SeriesLimit, $"{Description.Name} has {_limits.MaxSeries} series, its limit, and {{{labels}}} would be one more; raise limits.maxSeries, or let fewer label values through");
        return PolledKeys.OverLimit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CommitRow(int row)
    {
        if (!_keys.IsInUse(row)) return;
        if (!_keys.IsRead(row))
        {
            _keys.Remove(row);
            return;
        }

        int series = _keys.Series(row);
        if (series >= 0) Add(_keys.Now(row)[0], series);
        // There may be room by now, or the decoder may have come to itself.
        else if (series is PolledKeys.OverLimit or PolledKeys.Failed && _keys.TriesAgain) _keys.TryAgain(row);
    }

    private void Add(ulong word, int series)
    {
        ref ulong total = ref Series.Totals(series)[0];
        bool isFirst = Series.Keys(series)++ == 0;
        if (Description.Number != NumberKind.Float) total += word;
        else total = isFirst ? word : BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(total) + BitConverter.UInt64BitsToDouble(word));
    }
}
