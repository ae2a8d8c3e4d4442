using System.Buffers.Binary;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A floating-point number of 4 or 8 bytes, in the fewest digits that read back as the same; <c>+Inf</c>, <c>-Inf</c> and <c>NaN</c> as Prometheus writes them.</summary>
internal sealed class FloatStep : ILabelStep
{
    public string Decode(in LabelInput input) => input.Bytes.Length switch
    {
        sizeof(float) => Write(BinaryPrimitives.ReadSingleLittleEndian(input.Bytes)),
        sizeof(double) => Write(BinaryPrimitives.ReadDoubleLittleEndian(input.Bytes)),
        var size => throw new DecodeException($"{size} bytes are no floating-point number; 4 or 8 are"),
    };

    private static string Write<T>(T number)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        if (T.IsInfinity(number))
            return T.IsNegative(number) ? "-Inf" : "+Inf";
        return number.ToString("R", CultureInfo.InvariantCulture);
    }
}
