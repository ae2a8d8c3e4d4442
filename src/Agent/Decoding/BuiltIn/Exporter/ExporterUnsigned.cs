using System.Buffers.Binary;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>uint</c>: 1, 2, 4 or 8 bytes in decimal.</summary>
internal sealed class ExporterUnsigned : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        var bytes = ExporterInput.Bytes(input);
        var number = bytes.Length switch
        {
            8 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            1 => bytes[0],
            var size => throw new DecodeException($"{size} bytes are no number; 1, 2, 4 or 8 are"),
        };
        return number.ToString(CultureInfo.InvariantCulture);
    }
}
