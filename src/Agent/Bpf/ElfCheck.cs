using System.Buffers.Binary;

namespace EbpfAgent.Bpf;

/// <summary>
/// Looks at the first bytes of what should be a BPF object, because libelf's words for a wrong file ("invalid ELF file format") don't
/// say what the user has done. libbpf still has the last word.
/// </summary>
internal static class ElfCheck
{
    private const int HeaderSize = 64;
    private const int MachineOffset = 18;
    private const int SectionTableOffset = 40;
    private const int SectionSizeOffset = 58;
    private const int SectionCountOffset = 60;
    private const int BpfMachine = 247;

    public static void Demand(string name, ReadOnlySpan<byte> image)
    {
        if (image.IsEmpty) throw Refuse(name, "the file is empty");
        if (!image.StartsWith("\u007fELF"u8)) throw Refuse(name, "it is not an ELF file");
        if (image.Length < HeaderSize) throw Refuse(name, $"it is truncated: {image.Length} bytes, and an ELF header alone has {HeaderSize}");
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(image[MachineOffset..]);
        if (machine != BpfMachine) throw Refuse(name, $"it is an ELF file for machine {machine}, not for BPF ({BpfMachine})");
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(image[SectionTableOffset..]);
        int sections = BinaryPrimitives.ReadUInt16LittleEndian(image[SectionCountOffset..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image[SectionSizeOffset..]);
        if (table > (ulong)image.Length || (ulong)image.Length - table < (ulong)(sections * size))
            throw Refuse(name, $"it is truncated: the section table ends at byte {table + (ulong)(sections * size)}, and the file has {image.Length}");
    }

    private static BpfException Refuse(string name, string cause) =>
        BpfException.With(BpfFailure.Object, $"{name} is not a BPF object: {cause}; build it with clang -g -O2 -target bpf");
}
