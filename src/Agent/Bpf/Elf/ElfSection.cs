namespace EbpfAgent.Bpf.Elf;

/// <summary>A section's header, as it stands in the file.</summary>
/// <param name="Index">Its place in the table of sections, by which others refer to it.</param>
/// <param name="Name">Where its name is among the names of sections.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Flags">How it is to be used, SHF_*.</param>
/// <param name="Offset">Where its bytes are in the file.</param>
/// <param name="Size">How many these are.</param>
/// <param name="Link">The section that belongs to it: a symbol table's names, a relocation table's symbols.</param>
/// <param name="Info">Another one: what a relocation table is for; of a symbol table the number of local symbols.</param>
/// <param name="Alignment">What its offset is a multiple of.</param>
/// <param name="EntrySize">Bytes of each of its entries.</param>
internal readonly record struct ElfSection(int Index, uint Name, ElfSectionType Type, ulong Flags, ulong Offset, ulong Size, uint Link, uint Info, ulong Alignment, ulong EntrySize)
{
    private const ulong Executable = 4; // SHF_EXECINSTR

    /// <summary>Whether the file has its bytes: those of <c>.bss</c> are all zero, and not there.</summary>
    public bool HasBytes => Type is not (ElfSectionType.None or ElfSectionType.NoBits);

    public bool IsProgram => Type == ElfSectionType.Data && (Flags & Executable) != 0;
}

/// <summary>What a section holds; these are the types that matter here.</summary>
internal enum ElfSectionType : uint
{
    None = 0,
    Data = 1,
    Symbols = 2,
    Names = 3,
    NoBits = 8,
    Relocations = 9,
}
