using System.Runtime.CompilerServices;
using System.Text;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>Writes a family of histograms: of each series the buckets, the sum, and the count.</summary>
internal sealed class HistogramText : FamilyText
{
    private readonly FamilyDescription _description;
    private readonly byte[] _bucketName;
    private readonly byte[] _sumName;
    private readonly byte[] _countName;
    private readonly byte[][] _boundTexts;
    private readonly int _longestBound;
    private byte[] _prefix = new byte[256];

    public HistogramText(FamilyDescription description)
        : base(description, "histogram")
    {
        _description = description;
        string name = description.Name;
        _bucketName = Encoding.UTF8.GetBytes(name + "_bucket{");
        _sumName = Encoding.UTF8.GetBytes(name + "_sum");
        _countName = Encoding.UTF8.GetBytes(name + "_count");
        _boundTexts = [.. description.Scheme.Bounds.Append(double.PositiveInfinity).Select(static bound => Encoding.UTF8.GetBytes($"{GoNumber.Format(bound)}\"}} "))];
        _longestBound = _boundTexts.Max(static text => text.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void WriteSeries(ReadOnlySpan<byte> labels, ReadOnlySpan<ulong> totals, ExpositionBuffer buffer)
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
}
