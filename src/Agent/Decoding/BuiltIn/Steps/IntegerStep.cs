using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A number in decimal: <c>uint</c>, <c>int</c>, <c>pid</c>, and integers without a decoder.</summary>
/// <param name="isSigned">How bytes are read; null goes by BTF.</param>
internal sealed class IntegerStep(bool? isSigned) : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        var number = isSigned is { } signed ? StepNumber.Read(input, signed) : StepNumber.Read(input);
        return number < 0 && isSigned == false
            ? throw new DecodeException($"\"{input.Text}\" is negative; int takes it")
            : number.ToString(CultureInfo.InvariantCulture);
    }
}
