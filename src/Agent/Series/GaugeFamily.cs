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
    private readonly SeriesLimits _limits;

    // What the keys were before they were decoded anew, until a poll is kept.
    private int[]? _former;

    /// <param name="description">What it is.</param>
    /// <param name="keySize">Bytes of a key, as the decoder gets it.</param>
    /// <param name="decoder">From a key to label values.</param>
    /// <param name="limits">The bounds of its series.</param>
    /// <param name="gate">The lock that the families of a plugin share.</param>
    /// <param name="time">What the cost of decoding is measured by.</param>
    public GaugeFamily(FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
        : base(description, new PolledKeys(keySize, words: 1, slotsAreEntries: true), decoder, limits, gate, time)
        => _limits = limits;

    public override SeriesTable Series { get; } = new(words: 1);

    public override void Begin()
    {
        if (_former is null && IsRefreshDue()) _former = Polled.DecodeAnew();
        Polled.Begin();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Commit()
    {
        Polled.AllDecided();
        foreach ((int row, string labels) in NewKeys)
        {
            if (Polled.IsRead(row)) Polled.Series(row) = FindRoom(labels);
        }

        NewKeys.Clear();
        for (int series = 0; series < Series.Places; series++)
        {
            Series.Keys(series) = 0;
            if (Series.IsExposed(series)) Series.Totals(series).Clear();
        }

        for (int row = 0; row < Polled.Rows; row++) CommitRow(row);
        for (int series = 0; series < Series.Places; series++)
        {
            if (Series.IsExposed(series) && Series.Keys(series) == 0) Series.Remove(series);
        }

        _former = null;
        Polled.Keep();
        RememberSomeKey();
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

    private protected override bool WasFiltered(int row) => _former is not null && row < _former.Length && _former[row] == PolledKeys.Filtered;

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
        if (!Polled.IsInUse(row)) return;
        if (!Polled.IsRead(row))
        {
            Polled.Remove(row);
            return;
        }

        int series = Polled.Series(row);
        if (series >= 0) Add(Polled.Now(row)[0], series);
        // There may be room by now, or the decoder may have come to itself.
        else if (series is PolledKeys.OverLimit or PolledKeys.Failed && Polled.TriesAgain) Polled.TryAgain(row);
    }

    private void Add(ulong word, int series)
    {
        ref ulong total = ref Series.Totals(series)[0];
        bool isFirst = Series.Keys(series)++ == 0;
        if (Description.Number != NumberKind.Float) total += word;
        else total = isFirst ? word : BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(total) + BitConverter.UInt64BitsToDouble(word));
    }
}
