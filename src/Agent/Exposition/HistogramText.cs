using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>
/// Writes a family of histograms in Prometheus' text format 0.0.4. Everything of a line that does not change between two scrapes is bytes already:
/// what is formatted is the number at its end.
/// </summary>
/// <remarks>Allocates nothing but for the growth of the buffer. Not for use by several threads.</remarks>
internal sealed class HistogramText
{
    // A counter's 20 digits and a line feed.
    private const int NumberRoom = ScaledNumber.Room;

    private readonly FamilyDescription _description;
    private readonly byte[] _head;
    private readonly byte[] _bucketName;
    private readonly byte[] _sumName;
    private readonly byte[] _countName;
    private readonly byte[][] _boundTexts;
    private readonly int _longestBound;
    private byte[] _prefix = new byte[256];

    public HistogramText(FamilyDescription description)
    {
        _description = description;
        string name = description.Name;
        _head = Encoding.UTF8.GetBytes($"# HELP {name} {EscapeHelp(description.Help)}\n# TYPE {name} histogram\n");
        _bucketName = Encoding.UTF8.GetBytes(name + "_bucket{");
        _sumName = Encoding.UTF8.GetBytes(name + "_sum");
        _countName = Encoding.UTF8.GetBytes(name + "_count");
        _boundTexts = [.. description.Scheme.Bounds.Append(double.PositiveInfinity).Select(static bound => Encoding.UTF8.GetBytes($"{GoNumber.Format(bound)}\"}} "))];
        _longestBound = _boundTexts.Max(static text => text.Length);
    }

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteSeries(ReadOnlySpan<byte> labels, ReadOnlySpan<ulong> totals, ExpositionBuffer buffer)
    {
        ReadOnlySpan<byte> bucketPrefix = BucketPrefix(labels);
        ReadOnlySpan<ulong> slots = totals[1..];
        int most = (slots.Length * (bucketPrefix.Length + _longestBound + NumberRoom)) + (2 * (_sumName.Length + labels.Length + 8 + NumberRoom));
        Span<byte> room = buffer.GetSpan(most);
        int at = 0;
        ulong count = 0;
        for (int slot = 0; slot < slots.Length; slot++)
        {
            count += slots[slot];
            at += Put(room[at..], bucketPrefix);
            at += Put(room[at..], _boundTexts[slot]);
            at += PutCount(room[at..], count);
        }

        if (_description.HasSum)
        {
            at += PutName(room[at..], _sumName, labels);
            at += ScaledNumber.Write(totals[0], _description.Scheme.Scale, room[at..]);
            room[at++] = (byte)'\n';
        }

        at += PutName(room[at..], _countName, labels);
        at += PutCount(room[at..], count);
        buffer.Advance(at);
    }

    // NAME_bucket{LABELS,le="   - all of a bucket's line that its series' other buckets share.
    private ReadOnlySpan<byte> BucketPrefix(ReadOnlySpan<byte> labels)
    {
        int most = _bucketName.Length + labels.Length + 5;
        if (_prefix.Length < most) _prefix = new byte[most * 2];
        int at = Put(_prefix, _bucketName);
        at += Put(_prefix.AsSpan(at), labels);
        if (!labels.IsEmpty) _prefix[at++] = (byte)',';
        at += Put(_prefix.AsSpan(at), "le=\""u8);
        return _prefix.AsSpan(0, at);
    }

    private static int PutName(Span<byte> to, byte[] name, ReadOnlySpan<byte> labels)
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
    private static int PutCount(Span<byte> to, ulong count)
    {
        Utf8Formatter.TryFormat(count, to, out int length);
        to[length] = (byte)'\n';
        return length + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Put(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to);
        return bytes.Length;
    }

    private static string EscapeHelp(string help) => help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
