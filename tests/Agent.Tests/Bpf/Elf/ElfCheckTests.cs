using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Elf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bpf.Elf;

public sealed class ElfCheckTests
{
    private const string WayOut = "; build it with clang -g -O2 -target bpf";

    public static TheoryData<string> Objects => [.. Directory.GetFiles(Fixture.Folder, "*.bpf.o").Select(static path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Objects))]
    public void A_sound_object_passes(string name) => ElfCheck.Demand(name, Fixture.Read(name));

    /// <summary>A field of the header, what is written into it, and what is said of it.</summary>
    [Theory]
    [InlineData(4, 1, 1, "its class is 1, not 2 (64 bits)")]
    [InlineData(5, 1, 2, "it is big-endian; compile it with -target bpfel")]
    [InlineData(16, 2, 2, "its type is 2, not 1 (relocatable)")]
    [InlineData(18, 2, 62, "it is an ELF file for machine 62, not for BPF (247)")]
    [InlineData(58, 2, 40, "its section headers have 40 bytes, not 64")]
    [InlineData(60, 2, 0, "it has no sections")]
    [InlineData(62, 2, 0, "section 0 should hold the names of sections, and is not there or something else")]
    [InlineData(62, 2, 0xffff, "section 65535 should hold the names of sections, and is not there or something else")]
    public void A_damaged_header_is_named(int offset, int size, ulong value, string problem) => Refused(Damaged(offset, size, value), problem);

    [Theory]
    [InlineData("symbols", 32, 8, 25, "bytes in entries of 24, and should have entries of 24")]
    [InlineData("symbols", 40, 4, 0, "refers to section 0, and the file has")]
    [InlineData("symbols", 40, 4, 99, "refers to section 99, and the file has")]
    [InlineData("symbols", 44, 4, 9999, "of which 9999 should be local")]
    [InlineData("symbols", 48, 8, 3, "is aligned to 3 bytes, which is not a small power of two")]
    [InlineData("symbols", 56, 8, 16, "bytes in entries of 16, and should have entries of 24")]
    [InlineData("relocations", 44, 4, 0, "relocates section 0, which is not there or has no bytes")]
    [InlineData("relocations", 44, 4, 99, "relocates section 99, which is not there or has no bytes")]
    [InlineData("relocations", 24, 8, ulong.MaxValue, "it is truncated: section")]
    [InlineData("relocations", 0, 4, uint.MaxValue, "lies at 4294967295 of")]
    public void A_damaged_section_is_named(string table, int offset, int size, ulong value, string problem) =>
        Refused(Damaged(HeaderOf(table == "symbols" ? ElfSectionType.Symbols : ElfSectionType.Relocations) + offset, size, value), problem);

    [Theory]
    [InlineData(ElfSectionType.Symbols, 24, 4, uint.MaxValue, "the name of symbol 1 lies at 4294967295 of")]
    [InlineData(ElfSectionType.Symbols, 24 + 6, 2, 0xfe00, "symbol 1 lies in section 65024, and the file has")]
    [InlineData(ElfSectionType.Relocations, 0, 8, ulong.MaxValue, "relocates byte 18446744073709551615 of section")]
    [InlineData(ElfSectionType.Relocations, 12, 4, uint.MaxValue, "names symbol 4294967295, and the file has")]
    internal void A_damaged_entry_is_named(ElfSectionType table, int offset, int size, ulong value, string problem) => Refused(Damaged(BytesOf(table) + offset, size, value), problem);

    /// <summary>With section headers that lie over each other, a small file would fill the memory: each is copied.</summary>
    [Fact]
    public void Sections_that_share_their_bytes_are_refused()
    {
        byte[] image = Fixture.Read("latency.bpf.o");
        ElfImage elf = ElfImage.Read(image);
        ElfSection first = elf.Sections.First(static section => section.HasBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(Table(image) + (first.Index * 64) + 24), 0);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(Table(image) + (first.Index * 64) + 32), (ulong)image.Length);

        Refused(image, "some lie over each other");
    }

    private static byte[] Damaged(int offset, int size, ulong value)
    {
        byte[] image = Fixture.Read("latency.bpf.o");
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..size].CopyTo(image.AsSpan(offset));
        return image;
    }

    private static void Refused(byte[] image, string problem)
    {
        BpfException refused = Assert.Throws<BpfException>(() => ElfCheck.Demand("x.bpf.o", image));
        Assert.StartsWith("x.bpf.o is not a BPF object: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(WayOut, refused.Message, StringComparison.Ordinal);
    }

    private static int Table(byte[] image) => (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(40));

    private static int HeaderOf(ElfSectionType type)
    {
        byte[] image = Fixture.Read("latency.bpf.o");
        return Table(image) + (ElfImage.Read(image).Sections.First(section => section.Type == type).Index * 64);
    }

    private static int BytesOf(ElfSectionType type) => (int)ElfImage.Read(Fixture.Read("latency.bpf.o")).Sections.First(section => section.Type == type).Offset;
}
