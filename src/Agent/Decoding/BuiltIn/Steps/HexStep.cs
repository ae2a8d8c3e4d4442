using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A number as <c>0x1f</c>; all else byte by byte, as it lies in the key, without <c>0x</c>.</summary>
internal sealed class HexStep : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        if (input.Text is null && !IsNumber(input.Field))
            return Convert.ToHexStringLower(input.Bytes);
        var number = StepNumber.Read(input, isSigned: false);
        return number < 0
            ? string.Create(CultureInfo.InvariantCulture, $"-0x{(ulong)-number:x}")
            : string.Create(CultureInfo.InvariantCulture, $"0x{(ulong)number:x}");
    }

    private static bool IsNumber(KeyField? field) =>
        field?.Kind is KeyFieldKind.Unsigned or KeyFieldKind.Signed or KeyFieldKind.Bool or KeyFieldKind.Enum or KeyFieldKind.Pointer;
}
