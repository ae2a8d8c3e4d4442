namespace EbpfAgent.Bpf.Elf;

/// <summary>The symbol table of an object: each symbol has a name, and lies in a section that is there.</summary>
internal static class SymbolCheck
{
    public const int EntrySize = 24;

    // libbpf goes through all symbols for each variable, and through all types for each symbol that is declared elsewhere.
    private const int MostSymbols = 1 << 15;
    private const int MostUndefined = 1024;

    private const int Reserved = 0xff00; // SHN_LORESERVE
    private const int Absolute = 0xfff1; // SHN_ABS
    private const int Common = 0xfff2; // SHN_COMMON

    /// <exception cref="ElfException">A symbol is not as it should be.</exception>
    /// <remarks>Only once <see cref="SectionCheck"/> has passed.</remarks>
    public static void Demand(ElfImage elf)
    {
        foreach (ElfSection table in elf.Sections)
        {
            if (table.Type != ElfSectionType.Symbols) continue;
            ReadOnlySpan<byte> symbols = elf.BytesOf(table);
            ulong names = elf.Sections[table.Link].Size;
            if (table.Info > symbols.Length / EntrySize) throw new ElfException($"its symbol table has {symbols.Length / EntrySize} symbols, of which {table.Info} should be local");
            if (symbols.Length / EntrySize > MostSymbols) throw new ElfException($"it has {symbols.Length / EntrySize} symbols, and {MostSymbols} are the most");
            if (Undefined(symbols) > MostUndefined) throw new ElfException($"{Undefined(symbols)} of its symbols are declared and not there, and {MostUndefined} are the most");
            for (int i = 0; i < symbols.Length / EntrySize; i++) DemandOne(elf, symbols.Slice(i * EntrySize, EntrySize), i, names);
        }
    }

    private static int Undefined(ReadOnlySpan<byte> symbols)
    {
        int count = 0;
        for (; !symbols.IsEmpty; symbols = symbols[EntrySize..])
        {
            if (ElfImage.Word(symbols, 6) == 0) count++;
        }

        return count;
    }

    private static void DemandOne(ElfImage elf, ReadOnlySpan<byte> symbol, int index, ulong names)
    {
        uint name = ElfImage.Double(symbol, 0);
        int section = ElfImage.Word(symbol, 6);
        if (name >= names) throw new ElfException($"the name of symbol {index} lies at {name} of {names} bytes of names");
        if (section is Absolute or Common) return;
        if (section >= Reserved || section >= elf.Sections.Length) throw new ElfException($"symbol {index} lies in section {section}, and the file has {elf.Sections.Length}");
        // Of what is declared elsewhere there are no bytes.
        if (section == 0) return;
        ulong at = ElfImage.Quad(symbol, 8);
        ulong size = ElfImage.Quad(symbol, 16);
        ulong room = elf.Sections[section].Size;
        if (at > room || size > room - at) throw new ElfException($"symbol {index} ends at byte {(UInt128)at + size} of section {section}, which has {room}");
    }
}
