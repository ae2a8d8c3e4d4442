namespace EbpfAgent.Host;

/// <summary>
/// The functions of a binary by their offset in its file, from <c>.symtab</c>, or from <c>.dynsym</c> where it is stripped. Little-endian ELF of 64 bits; separate debug files
/// (<c>.gnu_debuglink</c>, <c>.gnu_debugdata</c>) are not read. Immutable.
/// </summary>
internal sealed class ElfSymbols
{
    private readonly IReadOnlyList<ElfSegment> _segments;
    private readonly RangeNames _names;

    private ElfSymbols(IReadOnlyList<ElfSegment> segments, RangeNames names)
    {
        _segments = segments;
        _names = names;
    }

    /// <summary>Those of a file that has none which can be read.</summary>
    public static ElfSymbols None { get; } = new([], RangeNames.Empty);

    /// <summary>How many there are.</summary>
    public int Count => _names.Count;

    /// <summary>Bytes that they take.</summary>
    public long Size => _names.Size;

    /// <summary>The function that an offset in the file lies in; null where none is known.</summary>
    public string? Find(ulong offset)
    {
        foreach (ElfSegment segment in _segments)
        {
            if (offset - segment.Offset < segment.Size && offset >= segment.Offset) return _names.Find(offset - segment.Offset + segment.Address);
        }

        return null;
    }

    /// <summary>Those of a file that may be anything: <see cref="None"/> where it is no ELF file, has no symbols, is garbage, or larger than any sound one.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ElfSymbols Read(ElfBytes file)
    {
        try
        {
            var header = ElfHeader.Read(file);
            IReadOnlyList<ElfSegment> segments = header.ReadSegments(file);
            IReadOnlyList<ElfSection> sections = header.ReadSections(file);
            RangeNames names = ReadTable(file, sections, ElfSection.AllSymbols) ?? ReadTable(file, sections, ElfSection.DynamicSymbols) ?? RangeNames.Empty;
            return new ElfSymbols(segments, names);
        }
        catch (InvalidDataException)
        {
            return None;
        }
    }

    /// <summary>Null where there is no such table, it can't be read, or it has no function.</summary>
    private static RangeNames? ReadTable(ElfBytes file, IReadOnlyList<ElfSection> sections, uint type)
    {
        foreach (ElfSection table in sections)
        {
            if (table.Type != type || table.Link >= sections.Count) continue;
            try
            {
                RangeNames names = new ElfSymbolTable(file, table, sections[(int)table.Link]).Read();
                return names.Count > 0 ? names : null;
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }

        return null;
    }
}
