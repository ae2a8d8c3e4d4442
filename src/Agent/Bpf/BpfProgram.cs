using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A program as its object declares it. The pointer is borrowed: it lives as long as the object's handle.</summary>
internal sealed class BpfProgram(nint pointer)
{
    public nint Pointer { get; } = pointer;

    /// <summary>The C function's name.</summary>
    public string Name { get; } = Marshal.PtrToStringUTF8(LibBpf.ProgramName(pointer)) ?? "";

    /// <summary>The ELF section, which says what it attaches to: <c>tp_btf/sched_switch</c>. Without the <c>?</c> of an optional one.</summary>
    public string Section { get; } = Marshal.PtrToStringUTF8(LibBpf.ProgramSection(pointer)) ?? "";

    /// <summary>Its type, which goes by the section.</summary>
    public ProgramType Type { get; } = (ProgramType)LibBpf.ProgramType(pointer);

    /// <summary>What it expects to be attached to (<c>enum bpf_attach_type</c>); 0 for types that have no choice.</summary>
    public int AttachType { get; } = LibBpf.ProgramAttachType(pointer);

    /// <summary>Whether its section begins with <c>?</c>: the rest of the object does without it where it can't run.</summary>
    public bool IsOptional { get; } = !LibBpf.ProgramIsLoaded(pointer);

    /// <summary>Whether its section begins with one of these prefixes.</summary>
    public bool IsOf(ReadOnlySpan<string> prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (Section.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>The kind in its section's name: <c>uprobe.s</c> of <c>uprobe.s/libc.so.6:malloc</c>.</summary>
    public string SectionKind => Section.Split('/', 2)[0];

    /// <summary>What follows the kind in its section's name; null where nothing does.</summary>
    public string? SectionTarget => Section.Split('/', 2) is [_, var target] ? target : null;
}
