using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>
/// Writes a family in Prometheus' text format 0.0.4. Everything of a line that does not change between two scrapes is bytes already: what is formatted is the number at its end.
/// </summary>
/// <remarks>Allocates nothing but for the growth of the buffer. Not for use by several threads.</remarks>
internal abstract class FamilyText
{
    // A number, a blank and a line feed.
    private protected const int NumberRoom = ScaledNumber.Room;

    private readonly byte[] _head;

    private protected FamilyText(FamilyDescription description, string type)
    {
        string name = description.Name;
        _head = Encoding.UTF8.GetBytes($"# HELP {name} {EscapeHelp(description.Help)}\n# TYPE {name} {type}\n");
    }

    public static FamilyText For(FamilyDescription description) =>
        description.Kind == FamilyKind.Histogram ? new HistogramText(description) : new NumberText(description);

    /// <summary>Writes the family, unless it has no series. Call with the family's gate held.</summary>
    public void Write(SeriesTable series, ExpositionBuffer buffer)
    {
        if (series.Count == 0) return;
        _head.CopyTo(buffer.GetSpan(_head.Length));
        buffer.Advance(_head.Length);
        for (int place = 0; place < series.Places; place++)
        {
            if (series.IsExposed(place)) WriteSeries(series.Labels(place), series.Totals(place), buffer);
        }
    }

    private protected abstract void WriteSeries(ReadOnlySpan<byte> labels, ReadOnlySpan<ulong> totals, ExpositionBuffer buffer);

    /// <summary>A name with labels, and the blank behind it; they take at most the lengths of both and 3 bytes.</summary>
    private protected static int PutName(Span<byte> to, byte[] name, ReadOnlySpan<byte> labels)
    {
        int at = Put(to, name);
        if (!labels.IsEmpty)
        {
            to[at++] = (byte)'{';
            at += Put(to[at..], labels);
            to[at++] = (byte)'}';
        }

        to[at++] = (byte)' ';
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int PutCount(Span<byte> to, ulong count)
    {
        Utf8Formatter.TryFormat(count, to, out int length);
        to[length] = (byte)'\n';
        return length + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int Put(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to);
        return bytes.Length;
    }

    private static string EscapeHelp(string help) => help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
