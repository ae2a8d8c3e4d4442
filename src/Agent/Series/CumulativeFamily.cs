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
    private readonly ulong[] _scratch;
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
        : base(description, new PolledKeys(keySize, WordsOf(description), description.SlotsAreEntries), decoder, limits, gate, time)
    {
        _limits = limits;
        _time = time;
        _labels = new LabelSets(description.LabelNames, Polled.Words, limits, time);
        _scratch = new ulong[Polled.Words];
    }

    public override SeriesTable Series => _labels.Table;

    /// <summary>The series that have expired, to be read with <see cref="MetricFamily.Gate"/> held.</summary>
    public RememberedSeries Remembered => _labels.Remembered;

    public override void Begin()
    {
        if (_former is null && IsRefreshDue()) Refresh();
        Polled.Begin();
    }

    private protected override bool WasFiltered(int row) => Former(row) == PolledKeys.Filtered;

    // The sum, then the slots.
    private static int WordsOf(FamilyDescription description) => description.Scheme.Slots + 1;
}
