using EbpfAgent.Decoding.BuiltIn.Tables;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A system call's name, by the machine's own table. Calls of 32-bit programs have other numbers, which can't be told from these.</summary>
internal sealed class SyscallStep(string architecture) : ILabelStep
{
    private readonly NumberNames? _names = Table(architecture);

    /// <summary>The table of a machine as <c>uname -m</c> has it; null for those without one.</summary>
    public static NumberNames? Table(string architecture) => architecture switch
    {
        "x86_64" => X64Syscalls.Names,
        "aarch64" => Arm64Syscalls.Names,
        _ => null,
    };

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input);
        return (number >= 0 ? _names?[(ulong)number] : null) ?? Unknown.Number(number);
    }
}
