using System.Numerics;

namespace EbpfAgent.Bpf.Elf;

/// <summary>The sections of an object: each in the file, none twice, and whatever refers to another refers to one that is there.</summary>
internal static class SectionCheck
{
    // What the agent's copy of a data section is counted in. The kernel takes no more, either.
    private const ulong MostNoBits = 1 << 30;
    private const ulong MostAlignment = 1 << 16;

    // libbpf looks for sections by name, one after the other, and more than once.
    private const int MostSections = 4096;

    /// <exception cref="ElfException">Something is not as it should be.</exception>
    public static void Demand(ElfImage elf)
    {
        DemandBounds(elf);
        DemandNames(elf);
        foreach (ElfSection section in elf.Sections) DemandTable(elf, section);
        if (elf.Sections.Count(static section => section.Type == ElfSectionType.Symbols) > 1) throw new ElfException("it has more than one symbol table");
    }

    /// <summary>The section that another one refers to.</summary>
    public static ElfSection Linked(ElfImage elf, ElfSection from, uint index, ElfSectionType type)
    {
        if (index == 0 || index >= elf.Sections.Length) throw new ElfException($"section {from.Index} refers to section {index}, and the file has {elf.Sections.Length}");
        return elf.Sections[index].Type == type ? elf.Sections[index] : throw new ElfException($"section {from.Index} refers to section {index}, which is of type {(uint)elf.Sections[index].Type}, not {(uint)type}");
    }

    private static void DemandBounds(ElfImage elf)
    {
        UInt128 bytes = 0;
        UInt128 none = 0;
        if (elf.Sections.Length > MostSections) throw new ElfException($"it has {elf.Sections.Length} sections, and {MostSections} are the most");
        if (elf.Sections[0].Type != ElfSectionType.None) throw new ElfException("its first section is not the empty one");
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Alignment > MostAlignment || !BitOperations.IsPow2(section.Alignment | (section.Alignment == 0 ? 1u : 0u)))
                throw new ElfException($"section {section.Index} is aligned to {section.Alignment} bytes, which is not a small power of two");
            if (section.Type == ElfSectionType.NoBits) none += section.Size;
            if (!section.HasBytes) continue;
            bytes += section.Size;
            if (section.Offset > (ulong)elf.Bytes.Length || (ulong)elf.Bytes.Length - section.Offset < section.Size)
                throw new ElfException($"it is truncated: section {section.Index} ends at byte {(UInt128)section.Offset + section.Size}, and the file has {elf.Bytes.Length}");
        }

        // Sections that share their bytes would be a small file that takes a large memory.
        if (bytes > (ulong)elf.Bytes.Length) throw new ElfException($"its sections have {bytes} bytes, and the file {elf.Bytes.Length}: some lie over each other");
        if (none > MostNoBits) throw new ElfException($"its .bss has {none} bytes, and {MostNoBits} is the most");
    }

    private static void DemandNames(ElfImage elf)
    {
        if (elf.NamesOfSections >= elf.Sections.Length || elf.Sections[elf.NamesOfSections].Type != ElfSectionType.Names)
            throw new ElfException($"section {elf.NamesOfSections} should hold the names of sections, and is not there or something else");
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Type == ElfSectionType.Names && (section.Size == 0 || elf.BytesOf(section)[^1] != 0)) throw new ElfException($"the names in section {section.Index} do not end");
        }

        ulong size = elf.Sections[elf.NamesOfSections].Size;
        foreach (ElfSection section in elf.Sections)
        {
            if (section.Name >= size) throw new ElfException($"the name of section {section.Index} lies at {section.Name} of {size} bytes of names");
        }
    }

    private static void DemandTable(ElfImage elf, ElfSection section)
    {
        ulong entry = section.Type switch { ElfSectionType.Symbols => SymbolCheck.EntrySize, ElfSectionType.Relocations => RelocationCheck.EntrySize, _ => 0 };
        if (entry == 0) return;
        if (section.EntrySize != entry || section.Size % entry != 0)
            throw new ElfException($"section {section.Index} has {section.Size} bytes in entries of {section.EntrySize}, and should have entries of {entry}");
        if (section.Offset % sizeof(ulong) != 0) throw new ElfException($"section {section.Index} lies at byte {section.Offset}, which is not a multiple of {sizeof(ulong)}");
        Linked(elf, section, section.Link, section.Type == ElfSectionType.Symbols ? ElfSectionType.Names : ElfSectionType.Symbols);
    }
}
