using System.Text;

namespace EbpfAgent.Series;

/// <summary>The series of a family: each with its label text and its totals. Guarded by its family's lock.</summary>
internal sealed class SeriesTable(int words, int limit)
{
    private readonly Dictionary<string, int> _byLabels = [];
    private readonly List<byte[]> _labels = [];
    private ulong[] _totals = [];

    public int Count => _labels.Count;

    /// <summary>The series of this label set, which is made if need be; -1 if that would be one too many.</summary>
    public int GetOrAdd(string labelText)
    {
        if (_byLabels.TryGetValue(labelText, out int series)) return series;
        if (_labels.Count >= limit) return -1;
        series = _labels.Count;
        _labels.Add(Encoding.UTF8.GetBytes(labelText));
        _byLabels.Add(labelText, series);
        if (_totals.Length < _labels.Count * words) Array.Resize(ref _totals, checked(Math.Max(16, _labels.Count * 2) * words));
        return series;
    }

    /// <summary>The label text in UTF-8, without braces.</summary>
    public ReadOnlySpan<byte> Labels(int series) => _labels[series];

    /// <summary>The sum, and then the slots, each counted once (not cumulative).</summary>
    public Span<ulong> Totals(int series) => _totals.AsSpan(series * words, words);
}
