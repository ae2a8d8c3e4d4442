using System.Buffers.Binary;
using System.Text;

namespace EbpfAgent.Tests.Host;

/// <summary>Writes small ELF files of 64 bits with symbol tables, right or wrong.</summary>
internal sealed class ElfBuilder
{
    private const int Header = 64;
    private const int SegmentSize = 56;
    private const int SectionSize = 64;

    public const uint AllSymbols = 2;
    public const uint DynamicSymbols = 11;

    private readonly List<(ulong Offset, ulong Address, ulong Size)> _segments = [];
    private readonly List<(uint Type, List<Symbol> Symbols)> _tables = [];

    public ElfBuilder Segment(ulong offset, ulong address, ulong size)
    {
        _segments.Add((offset, address, size));
        return this;
    }

    public ElfBuilder Table(uint type, params Symbol[] symbols)
    {
        _tables.Add((type, [.. symbols]));
        return this;
    }

    /// <summary>The header, the segments, the sections (each table followed by its strings), and then what they hold.</summary>
    public byte[] Build()
    {
        var content = new List<byte>();
        int sections = Header + (_segments.Count * SegmentSize);
        int start = sections + (_tables.Count * 2 * SectionSize);
        byte[] head = new byte[start];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(head);
        Quad(head, 32, Header);
        Quad(head, 40, (ulong)sections);
        Word(head, 54, SegmentSize);
        Word(head, 56, (ushort)_segments.Count);
        Word(head, 58, SectionSize);
        Word(head, 60, (ushort)(_tables.Count * 2));
        for (int i = 0; i < _segments.Count; i++) WriteSegment(head.AsSpan(Header + (i * SegmentSize)), _segments[i]);
        for (int i = 0; i < _tables.Count; i++) WriteTable(head.AsSpan(sections + (i * 2 * SectionSize)), i, start, content);
        return [.. head, .. content];
    }

    private static void WriteSegment(Span<byte> at, (ulong Offset, ulong Address, ulong Size) segment)
    {
        Double(at, 0, 1);
        Quad(at, 8, segment.Offset);
        Quad(at, 16, segment.Address);
        Quad(at, 32, segment.Size);
    }

    private void WriteTable(Span<byte> at, int index, int start, List<byte> content)
    {
        var strings = new List<byte> { 0 };
        byte[] symbols = new byte[_tables[index].Symbols.Count * 24];
        for (int i = 0; i < _tables[index].Symbols.Count; i++)
        {
            Symbol symbol = _tables[index].Symbols[i];
            Span<byte> entry = symbols.AsSpan(i * 24);
            Double(entry, 0, symbol.NameAt ?? (uint)strings.Count);
            entry[4] = (byte)((symbol.Binding << 4) | symbol.Type);
            Word(entry, 6, symbol.Section);
            Quad(entry, 8, symbol.Address);
            Quad(entry, 16, symbol.Size);
            strings.AddRange([.. Encoding.UTF8.GetBytes(symbol.Name), 0]);
        }

        WriteSection(at, _tables[index].Type, start + content.Count, symbols.Length, link: (index * 2) + 1);
        content.AddRange(symbols);
        WriteSection(at[SectionSize..], 3, start + content.Count, strings.Count, link: 0);
        content.AddRange(strings);
    }

    private static void WriteSection(Span<byte> at, uint type, int offset, int size, int link)
    {
        Double(at, 4, type);
        Quad(at, 24, (ulong)offset);
        Quad(at, 32, (ulong)size);
        Double(at, 40, (uint)link);
    }

    public static void Word(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);

    public static void Double(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);

    public static void Quad(Span<byte> bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], value);
}

/// <summary>A symbol: by default a global function that is defined.</summary>
internal sealed record Symbol(string Name, ulong Address, ulong Size, int Binding = 1, int Type = 2, ushort Section = 1, uint? NameAt = null);
