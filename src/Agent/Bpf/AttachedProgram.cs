using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A program with the place where it runs. Owns nothing.</summary>
/// <param name="Section">The ELF section, which says what it attaches to.</param>
/// <param name="Name">The C function's name.</param>
/// <param name="Handle">The program in the kernel.</param>
/// <param name="Target">What it is attached to, and how.</param>
/// <param name="Declared">Its declaration, which libbpf attaches it by; null if it was found pinned.</param>
/// <param name="Loaded">Its account; null if it was found pinned.</param>
internal sealed record AttachedProgram(string Section, string Name, BpfProgramHandle Handle, AttachTarget Target, BpfProgram? Declared, LoadedBpfProgram? Loaded)
{
    public AttachedProgram(BpfProgram declared, LoadedBpfProgram loaded, AttachTarget target)
        : this(declared.Section, declared.Name, loaded.Handle, target, declared, loaded)
    {
    }
}
