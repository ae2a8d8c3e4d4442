namespace EbpfAgent.Host;

/// <summary>Where an ELF file has its tables. Immutable.</summary>
internal sealed class ElfHeader
{
    private const int Size = 64;
    private const int SegmentSize = 56;
    private const int SectionSize = 64;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const uint Loaded = 1; // PT_LOAD

    // A linked binary has a dozen segments and some forty sections.
    private const int MaxSegments = 128;
    private const int MaxSections = 1024;

    private readonly ulong _segments;
    private readonly ulong _sections;
    private readonly int _segmentCount;
    private readonly int _sectionCount;

    private ElfHeader(ReadOnlySpan<byte> bytes)
    {
        _segments = ElfBytes.Quad(bytes, 32);
        _sections = ElfBytes.Quad(bytes, 40);
        _segmentCount = Math.Min((int)ElfBytes.Word(bytes, 56), MaxSegments);
        _sectionCount = Math.Min((int)ElfBytes.Word(bytes, 60), MaxSections);
    }

    /// <exception cref="InvalidDataException">It is no ELF file of 64 bits, little-endian.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ElfHeader Read(ElfBytes file)
    {
        Span<byte> bytes = stackalloc byte[Size];
        file.Read(0, bytes);
        bool isSound = bytes.StartsWith("\u007fELF"u8) && bytes[4] == Class64 && bytes[5] == LittleEndian &&
            ElfBytes.Word(bytes, 54) == SegmentSize && ElfBytes.Word(bytes, 58) == SectionSize;
        return isSound ? new ElfHeader(bytes) : throw new InvalidDataException("not an ELF file of 64 bits, little-endian");
    }

    /// <summary>What of the file is loaded, and to where.</summary>
    /// <exception cref="InvalidDataException">The table is not in the file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<ElfSegment> ReadSegments(ElfBytes file)
    {
        ReadOnlySpan<byte> table = file.Take(_segments, (ulong)(_segmentCount * SegmentSize), MaxSegments * SegmentSize);
        var segments = new List<ElfSegment>();
        for (; !table.IsEmpty; table = table[SegmentSize..])
        {
            if (ElfBytes.Double(table, 0) == Loaded) segments.Add(new ElfSegment(ElfBytes.Quad(table, 8), ElfBytes.Quad(table, 16), ElfBytes.Quad(table, 32)));
        }

        return segments;
    }

    /// <summary>Its sections, in the order in which they name each other.</summary>
    /// <exception cref="InvalidDataException">The table is not in the file.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<ElfSection> ReadSections(ElfBytes file)
    {
        ReadOnlySpan<byte> table = file.Take(_sections, (ulong)(_sectionCount * SectionSize), MaxSections * SectionSize);
        var sections = new List<ElfSection>();
        for (; !table.IsEmpty; table = table[SectionSize..])
            sections.Add(new ElfSection(ElfBytes.Double(table, 4), ElfBytes.Quad(table, 24), ElfBytes.Quad(table, 32), ElfBytes.Double(table, 40)));
        return sections;
    }
}

/// <summary>A part of the file that is loaded.</summary>
/// <param name="Offset">Where it is in the file.</param>
/// <param name="Address">Its first address, as symbols count.</param>
/// <param name="Size">Its bytes in the file.</param>
internal readonly record struct ElfSegment(ulong Offset, ulong Address, ulong Size);

/// <summary>A section.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Offset">Where it is in the file.</param>
/// <param name="Size">Its bytes there.</param>
/// <param name="Link">The section that goes with it: a symbol table's names.</param>
internal readonly record struct ElfSection(uint Type, ulong Offset, ulong Size, uint Link)
{
    public const uint AllSymbols = 2; // SHT_SYMTAB
    public const uint DynamicSymbols = 11; // SHT_DYNSYM
}
