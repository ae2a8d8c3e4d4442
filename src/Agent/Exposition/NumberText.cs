using System.Text;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>Writes a family of counters or gauges: a line for each series.</summary>
internal sealed class NumberText : FamilyText
{
    private readonly byte[] _name;
    private readonly UnitScale _scale;
    private readonly NumberKind _number;

    public NumberText(FamilyDescription description)
        : base(description, description.Kind == FamilyKind.Counter ? "counter" : "gauge")
    {
        _name = Encoding.UTF8.GetBytes(description.Name);
        _scale = description.Scheme.Scale;
        _number = description.Number;
    }

    private protected override void WriteSeries(ReadOnlySpan<byte> labels, ReadOnlySpan<ulong> totals, ExpositionBuffer buffer)
    {
        Span<byte> room = buffer.GetSpan(_name.Length + labels.Length + 4 + NumberRoom);
        int at = PutName(room, _name, labels);
        // The count of a counter is its only slot; a gauge has one word.
        at += WriteNumber(totals[^1], room[at..]);
        room[at++] = (byte)'\n';
        buffer.Advance(at);
    }

    private int WriteNumber(ulong word, Span<byte> to)
    {
        switch (_number)
        {
            case NumberKind.Float:
                return ScaledNumber.Write(_scale.Apply(BitConverter.UInt64BitsToDouble(word)), to);
            case NumberKind.Signed when (long)word < 0:
                to[0] = (byte)'-';
                return 1 + ScaledNumber.Write(0 - word, _scale, to[1..]);
            default:
                return ScaledNumber.Write(word, _scale, to);
        }
    }
}
