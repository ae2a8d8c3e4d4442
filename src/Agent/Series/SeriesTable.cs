using System.Text;

namespace EbpfAgent.Series;

/// <summary>
/// The series of a family, in numbered places: each with its label text, its totals, the number of keys that map to it, and when it last changed.
/// A place that has become free is used again; the others keep theirs, so that the order of an exposition is stable.
/// </summary>
/// <remarks>Guarded by its family's lock.</remarks>
internal sealed class SeriesTable(int words)
{
    private readonly Dictionary<string, int> _byLabels = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = [];
    private Place[] _places = [];
    private ulong[] _totals = [];

    public int Words => words;

    /// <summary>How many series are exposed.</summary>
    public int Count { get; private set; }

    /// <summary>All places are below it; some may be free, or not exposed.</summary>
    public int Places { get; private set; }

    /// <summary>The series of this label set, exposed or not; -1 if there is none.</summary>
    public int Find(string labelText) => _byLabels.GetValueOrDefault(labelText, -1);

    /// <summary>Makes a series for a label set that has none, with totals of 0 and no key.</summary>
    public int Add(string labelText, SeriesState state = SeriesState.Exposed, long now = 0)
    {
        if (!_free.TryPop(out int series)) series = Places++;
        if (series >= _places.Length)
        {
            Array.Resize(ref _places, Math.Max(16, Places * 2));
            Array.Resize(ref _totals, checked(_places.Length * words));
        }

        _byLabels.Add(labelText, series);
        _places[series] = new Place { Text = labelText, Labels = Encoding.UTF8.GetBytes(labelText), State = state, Changed = now };
        Totals(series).Clear();
        if (state == SeriesState.Exposed) Count++;
        return series;
    }

    /// <summary>Frees a place.</summary>
    public void Remove(int series)
    {
        SetState(series, SeriesState.Free);
        _byLabels.Remove(_places[series].Text);
        _places[series] = default;
        _free.Push(series);
    }

    public SeriesState State(int series) => _places[series].State;

    public bool IsExposed(int series) => _places[series].State == SeriesState.Exposed;

    public void SetState(int series, SeriesState state)
    {
        ref SeriesState current = ref _places[series].State;
        if (current == SeriesState.Exposed) Count--;
        if (state == SeriesState.Exposed) Count++;
        current = state;
    }

    /// <summary>The label text that identifies the series.</summary>
    public string Text(int series) => _places[series].Text;

    /// <summary>The label text in UTF-8, without braces.</summary>
    public ReadOnlySpan<byte> Labels(int series) => _places[series].Labels;

    /// <summary>The sum, and then the slots, each counted once (not cumulative).</summary>
    public Span<ulong> Totals(int series) => _totals.AsSpan(series * words, words);

    /// <summary>How many keys map to it.</summary>
    public ref int Keys(int series) => ref _places[series].Keys;

    /// <summary>When its totals changed or its last key left, as <see cref="TimeProvider.GetTimestamp"/> gives it.</summary>
    public ref long Changed(int series) => ref _places[series].Changed;

    private struct Place
    {
        public string Text;
        public byte[] Labels;
        public long Changed;
        public int Keys;
        public SeriesState State;
    }
}

/// <summary>What a place of a <see cref="SeriesTable"/> holds.</summary>
internal enum SeriesState : byte
{
    /// <summary>Nothing.</summary>
    Free,

    /// <summary>A series that every scrape sees.</summary>
    Exposed,

    /// <summary>One that has not changed for long: its keys are in the map and its totals here, and it is exposed again with its next change.</summary>
    Resting,

    /// <summary>A resting one that had changed when there was no room for it: what its keys count goes where all goes that is above the limit.</summary>
    Closed,
}
