namespace EbpfAgent.Bpf.Elf;

/// <summary>
/// Holds the bytes of what should be a BPF object against all that libelf and libbpf take for granted. Both are C in the agent's own process, and both have read beyond their buffers, followed a null pointer, or gone in
/// circles where such a file lies about itself: what passes here does none of that to them. And libelf's words for a wrong file ("invalid ELF file format") don't say what the user has done.
/// </summary>
internal static class ElfCheck
{
    /// <summary>Reads the image, and keeps nothing of it.</summary>
    /// <param name="name">The file or resource, for messages.</param>
    /// <param name="image">Its bytes.</param>
    /// <exception cref="BpfException">It is no BPF object, or a damaged one.</exception>
    public static void Demand(string name, ReadOnlySpan<byte> image)
    {
        try
        {
            ElfImage elf = ElfImage.Read(image);
            SectionCheck.Demand(elf);
            SymbolCheck.Demand(elf);
            RelocationCheck.Demand(elf);
            TypeSectionCheck.Demand(elf);
        }
        catch (ElfException e)
        {
            throw BpfException.With(BpfFailure.Object, $"{name} is not a BPF object: {e.Message}; build it with clang -g -O2 -target bpf");
        }
        catch (BtfException e)
        {
            throw BpfException.With(BpfFailure.Object, $"{name} is not a BPF object: its section .BTF is damaged: {e.Message}; build it with clang -g -O2 -target bpf");
        }
    }
}
