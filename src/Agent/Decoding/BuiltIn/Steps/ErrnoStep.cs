using EbpfAgent.Decoding.BuiltIn.Tables;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>An error number's name, <c>ENOENT</c>, whether it is negative, as the kernel returns it, or not; 0 is <c>success</c>.</summary>
internal sealed class ErrnoStep : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        // A negative one in an unsigned field is one near the top. A single byte, or a few bits, can hold 133 but no -133.
        var isWide = input.Bytes.Length > 1 && input.Field is not { BitSize: > 0 };
        var number = StepNumber.Read(input, isSigned: isWide || input.Field?.IsSigned == true);
        return number == 0 ? "success" : ErrorNumbers.Names[(ulong)Int128.Abs(number)] ?? Unknown.Number(number);
    }
}
