using System.Buffers.Binary;
using System.Text;

namespace EbpfAgent.Bpf.Elf;

/// <summary>An ELF file for BPF, of 64 bits and little-endian, with its sections. Reads of it are bounds-checked.</summary>
internal readonly ref struct ElfImage
{
    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const int BpfMachine = 247;
    private const int Relocatable = 1; // ET_REL
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;

    private ElfImage(ReadOnlySpan<byte> bytes, ElfSection[] sections, int names)
    {
        Bytes = bytes;
        Sections = sections;
        NamesOfSections = names;
    }

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>All sections; the first stands for none.</summary>
    public ElfSection[] Sections { get; }

    /// <summary>The index of the section with the names of sections.</summary>
    public int NamesOfSections { get; }

    /// <exception cref="ElfException">It is no such file, or ends before its table of sections does.</exception>
    public static ElfImage Read(ReadOnlySpan<byte> image)
    {
        if (image.IsEmpty) throw new ElfException("the file is empty");
        if (!image.StartsWith("\u007fELF"u8)) throw new ElfException("it is not an ELF file");
        if (image.Length < HeaderSize) throw new ElfException($"it is truncated: {image.Length} bytes, and an ELF header alone has {HeaderSize}");
        ushort machine = Word(image, 18);
        if (machine != BpfMachine) throw new ElfException($"it is an ELF file for machine {machine}, not for BPF ({BpfMachine})");
        if (image[5] != LittleEndian) throw new ElfException("it is big-endian; compile it with -target bpfel");
        if (image[4] != Class64) throw new ElfException($"its class is {image[4]}, not {Class64} (64 bits)");
        if (Word(image, 16) != Relocatable) throw new ElfException($"its type is {Word(image, 16)}, not {Relocatable} (relocatable)");
        return new ElfImage(image, ReadSections(image), Word(image, 62));
    }

    /// <summary>What a section holds; nothing where the file has no bytes of it.</summary>
    public ReadOnlySpan<byte> BytesOf(ElfSection section) => section.HasBytes ? Bytes.Slice((int)section.Offset, (int)section.Size) : default;

    /// <summary>A section's name.</summary>
    /// <remarks>Only once <see cref="SectionCheck"/> has passed.</remarks>
    public string NameOf(ElfSection section)
    {
        ReadOnlySpan<byte> name = BytesOf(Sections[NamesOfSections])[(int)section.Name..];
        return Encoding.UTF8.GetString(name[..Math.Min(64, name.IndexOf((byte)0))]);
    }

    /// <summary>The section of a name that has any bytes; null if there is none.</summary>
    /// <exception cref="ElfException">There are several, of which libbpf would take another one.</exception>
    /// <remarks>Only once <see cref="SectionCheck"/> has passed.</remarks>
    public ElfSection? Find(string name)
    {
        ElfSection? found = null;
        foreach (ElfSection section in Sections)
        {
            if (!section.HasBytes || NameOf(section) != name) continue;
            if (found is not null) throw new ElfException($"it has more than one section {name}");
            found = section;
        }

        return found;
    }

    public static ushort Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static uint Double(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public static ulong Quad(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private static ElfSection[] ReadSections(ReadOnlySpan<byte> image)
    {
        ulong table = Quad(image, 40);
        int size = Word(image, 58);
        int count = Word(image, 60);
        if (count == 0) throw new ElfException("it has no sections");
        if (size != SectionHeaderSize) throw new ElfException($"its section headers have {size} bytes, not {SectionHeaderSize}");
        if (table > (ulong)image.Length || (ulong)image.Length - table < (ulong)(count * size))
            throw new ElfException($"it is truncated: the section table ends at byte {(UInt128)table + (ulong)(count * size)}, and the file has {image.Length}");
        var sections = new ElfSection[count];
        for (int i = 0; i < count; i++) sections[i] = ReadSection(image.Slice((int)table + (i * size), size), i);
        return sections;
    }

    private static ElfSection ReadSection(ReadOnlySpan<byte> header, int index) => new(
        index, Double(header, 0), (ElfSectionType)Double(header, 4), Quad(header, 8), Quad(header, 24), Quad(header, 32), Double(header, 40), Double(header, 44), Quad(header, 48), Quad(header, 56));
}
