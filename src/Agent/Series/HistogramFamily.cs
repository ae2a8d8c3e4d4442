using System.Runtime.CompilerServices;
using EbpfAgent.Decoding;

namespace EbpfAgent.Series;

/// <summary>
/// One metric's way from raw keys to series. A poll is staged key by key and becomes visible all at once, in <see cref="Commit"/>; one that is
/// not committed has changed nothing.
/// </summary>
/// <remarks>
/// Staging belongs to the polling thread. <see cref="Series"/> and <see cref="Commit"/> are called with <paramref name="gate"/> held, which the
/// families of a plugin share, so that a scrape sees all of one poll or none of it.
/// </remarks>
internal sealed class HistogramFamily(
    FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
{
    private readonly PolledKeys _keys = new(keySize, description.Scheme.Slots + 1, slotsAreEntries: !description.HasSum);
    private readonly List<NewKey> _newKeys = [];

    public FamilyDescription Description { get; } = description;

    /// <summary>The series, to be read with <see cref="Gate"/> held.</summary>
    public SeriesTable Series { get; } = new(description.Scheme.Slots + 1, limits.MaxSeries);

    public Lock Gate { get; } = gate;

    /// <summary>What was left out, and why.</summary>
    public DropCounts Drops { get; } = new();

    /// <summary>The time that decoding has taken so far.</summary>
    public TimeSpan DecodingTime { get; private set; }

    /// <summary>How many keys the last poll found in the map.</summary>
    public int Keys => _keys.Count;

    /// <summary>Begins a poll.</summary>
    public void Begin() => _keys.Begin();

    /// <summary>
    /// Where the words of a key go: its sum, then its slots. Zeroed if this poll hasn't read the key before; otherwise what it
    /// has read so far. A key that was never seen is decoded here, once. Valid until the next call.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Span<ulong> Stage(ReadOnlySpan<byte> key)
    {
        int row = _keys.Touch(key, out bool added, out bool firstInPoll);
        if (added) Decode(key, row);
        Span<ulong> staged = _keys.Now(row);
        if (firstInPoll) staged.Clear();
        return staged;
    }

    /// <summary>Makes the staged poll visible. Call with <see cref="Gate"/> held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Commit()
    {
        foreach (NewKey key in _newKeys) FindSeries(key);
        _newKeys.Clear();
        for (int row = 0; row < _keys.Rows; row++)
        {
            if (!_keys.IsRead(row)) continue;
            int series = _keys.Series(row);
            if (series >= 0) _keys.AddGain(row, Series.Totals(series));
        }

        _keys.Keep();
    }

    private void Decode(ReadOnlySpan<byte> key, int row)
    {
        long started = time.GetTimestamp();
        try
        {
            IReadOnlyList<string>? values = decoder.Decode(key);
            if (values is null)
                LeaveOut(row, DropReason.Filtered, null);
            else
                _newKeys.Add(new NewKey(row, LabelText.Format(decoder.LabelNames, LabelValues.Clean(values, limits.MaxLabelLength))));
        }
        catch (Exception e)
        {
            // A decoder is a plugin's code: whatever it throws costs its own key, and nothing else.
            LeaveOut(row, DropReason.DecodeFailed, e.Message);
        }
        finally
        {
            DecodingTime += time.GetElapsedTime(started);
        }
    }

    private void FindSeries(NewKey key)
    {
        // Decoded in a poll that failed later, and gone since: a series for it would stand at zero.
        if (!_keys.IsRead(key.Row)) return;
        int series = Series.GetOrAdd(key.Labels);
        if (series >= 0)
            _keys.Series(key.Row) = series;
        else
            LeaveOut(key.Row, DropReason.SeriesLimit, $"{Description.Name} has {limits.MaxSeries} series, its limit, and {{{key.Labels}}} would be one more; raise limits.maxSeries, or let fewer label values through");
    }

    private void LeaveOut(int row, DropReason reason, string? message)
    {
        _keys.Series(row) = reason == DropReason.DecodeFailed ? PolledKeys.Failed : PolledKeys.LeftOut;
        Drops.Count(reason, message);
    }

    private readonly record struct NewKey(int Row, string Labels);
}
