namespace EbpfAgent.Bpf.Elf;

/// <summary>The relocations of an object: each is of a place that is in its section, and of a symbol that is in the table.</summary>
internal static class RelocationCheck
{
    public const int EntrySize = 16;

    // The least that any relocation writes.
    private const int Width = 4;

    // libbpf goes through all maps for each.
    private const int MostEntries = 1 << 18;

    /// <exception cref="ElfException">A relocation is not as it should be.</exception>
    /// <remarks>Only once <see cref="SectionCheck"/> has passed.</remarks>
    public static void Demand(ElfImage elf)
    {
        foreach (ElfSection table in elf.Sections)
        {
            if (table.Type != ElfSectionType.Relocations) continue;
            if (table.Info == 0 || table.Info >= elf.Sections.Length || !elf.Sections[table.Info].HasBytes)
                throw new ElfException($"section {table.Index} relocates section {table.Info}, which is not there or has no bytes");
            ulong room = elf.Sections[table.Info].Size;
            ulong symbols = elf.Sections[table.Link].Size / SymbolCheck.EntrySize;
            ReadOnlySpan<byte> entries = elf.BytesOf(table);
            if (entries.Length / EntrySize > MostEntries) throw new ElfException($"section {table.Index} has {entries.Length / EntrySize} relocations, and {MostEntries} are the most");
            for (; !entries.IsEmpty; entries = entries[EntrySize..]) DemandOne(table, entries, room, symbols);
        }
    }

    private static void DemandOne(ElfSection table, ReadOnlySpan<byte> entry, ulong room, ulong symbols)
    {
        ulong at = ElfImage.Quad(entry, 0);
        uint symbol = ElfImage.Double(entry, 12);
        if (at > room || room - at < Width) throw new ElfException($"section {table.Index} relocates byte {at} of section {table.Info}, which has {room}");
        if (symbol >= symbols) throw new ElfException($"section {table.Index} names symbol {symbol}, and the file has {symbols}");
    }
}
