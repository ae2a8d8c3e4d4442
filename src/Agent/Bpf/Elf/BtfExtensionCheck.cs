namespace EbpfAgent.Bpf.Elf;

/// <summary><c>.BTF.ext</c>: three tables of records, each in parts of which every one belongs to a section of programs.</summary>
internal static class BtfExtensionCheck
{
    private const ushort Magic = 0xEB9F;
    private const int LeastHeader = 24;
    private const int PartHeader = 8;
    private const uint MostRecord = 256;

    // libbpf looks for each part's section by name, one after the other.
    private const int MostParts = 4096;

    private static readonly (string What, int Field, uint Least, bool HasType)[] Tables =
        [("function", 8, 8, true), ("line", 16, 16, false), ("CO-RE", 24, 16, true)];

    /// <param name="bytes">The section.</param>
    /// <param name="types">The number of types in <c>.BTF</c>.</param>
    /// <exception cref="ElfException">It is not as it should be.</exception>
    public static void Demand(ReadOnlySpan<byte> bytes, int types)
    {
        if (bytes.Length < LeastHeader || ElfImage.Word(bytes, 0) != Magic || bytes[2] != 1) throw Damaged("it does not begin as it should");
        uint header = ElfImage.Double(bytes, 4);
        if (header < LeastHeader || header > bytes.Length) throw Damaged($"its header has {header} bytes, and the section {bytes.Length}");
        ReadOnlySpan<byte> body = bytes[(int)header..];
        foreach ((string what, int field, uint least, bool hasType) in Tables)
        {
            if (field + PartHeader > header) break;
            uint at = ElfImage.Double(bytes, field);
            uint size = ElfImage.Double(bytes, field + 4);
            if (at % 4 != 0 || at > body.Length || size > body.Length - at) throw Damaged($"its {what} records end at byte {(ulong)at + size} of {body.Length}");
            if (size > 0) DemandTable(body.Slice((int)at, (int)size), what, least, hasType ? types : int.MaxValue);
        }
    }

    private static void DemandTable(ReadOnlySpan<byte> table, string what, uint least, int types)
    {
        if (table.Length < 4) throw Damaged($"its {what} records have {table.Length} bytes");
        uint record = ElfImage.Double(table, 0);
        if (record < least || record > MostRecord || record % 4 != 0) throw Damaged($"its {what} records have {record} bytes each, and {least} is the least");
        int parts = 0;
        for (ReadOnlySpan<byte> rest = table[4..]; !rest.IsEmpty;)
        {
            if (++parts > MostParts) throw Damaged($"its {what} records are in more than {MostParts} parts");
            if (rest.Length < PartHeader) throw Damaged($"its {what} records end in the middle");
            ulong size = (ulong)record * ElfImage.Double(rest, 4);
            if (size == 0 || size > (ulong)(rest.Length - PartHeader)) throw Damaged($"a part of its {what} records has {size} bytes, and there are {rest.Length - PartHeader}");
            DemandTypes(rest.Slice(PartHeader, (int)size), (int)record, what, types);
            rest = rest[(PartHeader + (int)size)..];
        }
    }

    // The second word of a record is its type, except of lines.
    private static void DemandTypes(ReadOnlySpan<byte> records, int record, string what, int types)
    {
        for (; !records.IsEmpty; records = records[record..])
        {
            if (types != int.MaxValue && ElfImage.Double(records, 4) >= types) throw Damaged($"one of its {what} records is of type {ElfImage.Double(records, 4)}, and there are {types}");
        }
    }

    private static ElfException Damaged(string problem) => new($"its section .BTF.ext is damaged: {problem}");
}
