using System.Text;

namespace EbpfAgent.Host;

/// <summary>
/// Names of ranges of numbers, compactly: 16 bytes a range and its name's own, where a dictionary of strings would take five times that. Immutable; for any thread.
/// </summary>
internal sealed class RangeNames
{
    private readonly ulong[] _starts;
    private readonly uint[] _lengths;
    private readonly int[] _nameStarts;
    private readonly byte[] _names;

    /// <summary>Takes the arrays over; <see cref="RangeNamesBuilder"/> makes them.</summary>
    /// <param name="starts">Where each begins, in ascending order.</param>
    /// <param name="lengths">How far each reaches.</param>
    /// <param name="nameStarts">Where each one's name begins, and where the last one's ends.</param>
    /// <param name="names">The names, in UTF-8.</param>
    public RangeNames(ulong[] starts, uint[] lengths, int[] nameStarts, byte[] names)
    {
        _starts = starts;
        _lengths = lengths;
        _nameStarts = nameStarts;
        _names = names;
    }

    public static RangeNames Empty { get; } = new([], [], [0], []);

    public int Count => _starts.Length;

    /// <summary>Bytes that it takes.</summary>
    public long Size => (_starts.Length * 16L) + _names.Length;

    /// <summary>The name of the last range that begins at or below a number, if it reaches so far; null if it doesn't, or has no name.</summary>
    public string? Find(ulong number)
    {
        int index = Array.BinarySearch(_starts, number);
        if (index < 0) index = ~index - 1;
        if (index < 0 || number - _starts[index] >= _lengths[index]) return null;
        ReadOnlySpan<byte> name = _names.AsSpan(_nameStarts[index].._nameStarts[index + 1]);
        return name.IsEmpty ? null : Encoding.UTF8.GetString(name);
    }
}
