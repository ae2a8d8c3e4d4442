namespace EbpfAgent.Series;

/// <summary>A metric's name, and with it the names of its lines: a histogram's end in _bucket, _sum and _count.</summary>
/// <param name="Name">The full name.</param>
/// <param name="IsHistogram">Whether it has those lines.</param>
internal sealed record MetricName(string Name, bool IsHistogram = true)
{
    // A metric called x_count would be written into the family x.
    private static readonly string[] Suffixes = ["", "_bucket", "_sum", "_count"];

    /// <summary>All the names that it takes.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            string name = Name;
            return IsHistogram ? Suffixes.Select(suffix => name + suffix) : [name];
        }
    }

    public static implicit operator MetricName(string histogram) => new(histogram);
}
