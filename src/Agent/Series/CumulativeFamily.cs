using System.Runtime.CompilerServices;
using EbpfAgent.Decoding;

namespace EbpfAgent.Series;

/// <summary>
/// A histogram or a counter: what its keys gain from poll to poll is added to the totals of their series, which go on whatever becomes of the keys.
/// </summary>
internal sealed partial class CumulativeFamily : MetricFamily
{
    private readonly SeriesLimits _limits;
    private readonly TimeProvider _time;
    private readonly LabelSets _labels;
    private readonly List<NewKey> _newKeys = [];
    private readonly ulong[] _scratch;
    private PolledKeys _keys;
    private int[]? _former;
    private bool[]? _rested;

    // Whether the next poll that is kept is what gains are counted from, and none itself.
    private bool _isBaseline;

    /// <param name="description">What it is.</param>
    /// <param name="keySize">Bytes of a key, as the decoder gets it.</param>
    /// <param name="decoder">From a key to label values.</param>
    /// <param name="limits">The bounds of its series.</param>
    /// <param name="gate">The lock that the families of a plugin share.</param>
    /// <param name="time">What expiry and the cost of decoding are measured by; that of a family that is taken over, too.</param>
    public CumulativeFamily(FamilyDescription description, int keySize, IKeyDecoder decoder, SeriesLimits limits, Lock gate, TimeProvider time)
        : base(description, keySize, decoder, limits, gate, time)
    {
        int words = description.Scheme.Slots + 1;
        _limits = limits;
        _time = time;
        _labels = new LabelSets(description.LabelNames, words, limits, time);
        _scratch = new ulong[words];
        _keys = new PolledKeys(keySize, words, description.SlotsAreEntries);
    }

    public override SeriesTable Series => _labels.Table;

    public override int Keys => _keys.Count;

    /// <summary>The series that have expired, to be read with <see cref="MetricFamily.Gate"/> held.</summary>
    public RememberedSeries Remembered => _labels.Remembered;

    public override void Begin()
    {
        if (_former is null && IsRefreshDue()) Refresh();
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

    private void Decode(ReadOnlySpan<byte> key, int row)
    {
        string? labels = Naming.Name(key, out string? failure);
        if (labels is not null) _newKeys.Add(new NewKey(row, labels));
        _keys.Series(row) = labels is not null ? PolledKeys.Named : failure is not null ? PolledKeys.Failed : PolledKeys.Filtered;
        if (failure is not null) Drops.Count(DropReason.DecodeFailed, failure);
        else if (labels is null && Former(row) != PolledKeys.Filtered) Drops.Count(DropReason.Filtered, null);
    }

    private readonly record struct NewKey(int Row, string Labels);
}
