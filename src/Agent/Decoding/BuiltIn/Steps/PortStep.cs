using System.Buffers.Binary;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A port of TCP or UDP: two bytes in network order, or a number of any width in the machine's own.</summary>
internal sealed class PortStep(bool isHostOrder) : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        if (input.Text is null && !isHostOrder)
            return NetworkOrder(input.Bytes).ToString(CultureInfo.InvariantCulture);
        var number = StepNumber.Read(input, isSigned: false);
        return number >= 0 && number <= ushort.MaxValue ? number.ToString(CultureInfo.InvariantCulture) : Unknown.Number(number);
    }

    private static ushort NetworkOrder(ReadOnlySpan<byte> bytes) => bytes.Length == sizeof(ushort)
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : throw new DecodeException($"{bytes.Length} bytes are no port in network order; 2 are. One in the machine's own order takes {{ \"port\": {{ \"order\": \"host\" }} }}");
}
