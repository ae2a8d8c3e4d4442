using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A program as its object declares it. The pointer is borrowed: it lives as long as the object's handle.</summary>
internal sealed class BpfProgram(nint pointer)
{
    public nint Pointer { get; } = pointer;

    /// <summary>The C function's name.</summary>
    public string Name { get; } = Marshal.PtrToStringUTF8(LibBpf.ProgramName(pointer)) ?? "";

    /// <summary>The ELF section, which says what it attaches to: <c>tp_btf/sched_switch</c>.</summary>
    public string Section { get; } = Marshal.PtrToStringUTF8(LibBpf.ProgramSection(pointer)) ?? "";

    /// <summary>Whether its section begins with one of these prefixes.</summary>
    public bool IsOf(ReadOnlySpan<string> prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (Section.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
