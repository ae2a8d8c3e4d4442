using System.Buffers.Binary;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>What the kernel says of what a descriptor stands for (<c>BPF_OBJ_GET_INFO_BY_FD</c>). The structs only ever grow at their end.</summary>
internal static unsafe class BpfInfo
{
    private const int ProgramSize = 232; // struct bpf_prog_info
    private const int MapSize = 88;      // struct bpf_map_info
    private const int LinkSize = 48;     // struct bpf_link_info
    private const int MapCount = 52, MapIds = 56; // bpf_prog_info.nr_map_ids, .map_ids
    private const int Id = 4;            // of the first three

    public static ProgramInfo Program(BpfProgramHandle program)
    {
        Span<byte> info = stackalloc byte[ProgramSize];
        Read(program, info, "program");
        return new ProgramInfo(
            UInt32(info, Id),
            AttachBtf: UInt32(info, 220),
            AttachBtfId: UInt32(info, 224),
            new ProgramStatistics(UInt64(info, 200), TimeSpan.FromTicks((long)(UInt64(info, 192) / 100)), UInt64(info, 208)));
    }

    /// <summary>The id of the first map that a program uses; null if it uses none.</summary>
    public static uint? FirstMap(BpfProgramHandle program)
    {
        Span<byte> info = stackalloc byte[ProgramSize];
        info.Clear();
        uint id = 0, length = ProgramSize;
        BinaryPrimitives.WriteUInt32LittleEndian(info[MapCount..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(info[MapIds..], (ulong)&id);
        fixed (byte* bytes = info) Check(LibBpf.InfoByFd(program, bytes, ref length), "program");
        return UInt32(info, MapCount) > 0 ? id : null;
    }

    public static MapInfo Map(BpfMapHandle map)
    {
        Span<byte> info = stackalloc byte[MapSize];
        Read(map, info, "map");
        return new MapInfo(
            UInt32(info, Id), (MapKind)UInt32(info, 0), UInt32(info, 8), UInt32(info, 12), UInt32(info, 16), UInt32(info, 20),
            Extra: UInt64(info, 80));
    }

    /// <summary>A link's id, and the id of the program that it runs.</summary>
    public static (uint Id, uint Program) Link(BpfLinkHandle link)
    {
        Span<byte> info = stackalloc byte[LinkSize];
        info.Clear();
        uint length = LinkSize;
        fixed (byte* bytes = info) Check(LibBpf.InfoByNumber(LibBpf.LinkFd(link), bytes, ref length), "link");
        return (UInt32(info, Id), UInt32(info, 8));
    }

    private static void Read(BpfDescriptor descriptor, Span<byte> info, string what)
    {
        info.Clear();
        uint length = (uint)info.Length;
        fixed (byte* bytes = info) Check(LibBpf.InfoByFd(descriptor, bytes, ref length), what);
    }

    private static void Check(int result, string what)
    {
        if (result < 0) throw BpfException.Of($"the kernel doesn't describe a {what}", result);
    }

    private static uint UInt32(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(info[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(info[offset..]);
}

/// <summary>A program in the kernel.</summary>
/// <param name="Id">Its id; the kernel counts them up.</param>
/// <param name="AttachBtf">The id of the BTF that describes what it attaches to; 0 for other kinds, and before kernel 6.0.</param>
/// <param name="AttachBtfId">The type in it; 0 as above.</param>
/// <param name="Statistics">Its own account.</param>
internal readonly record struct ProgramInfo(uint Id, uint AttachBtf, uint AttachBtfId, ProgramStatistics Statistics);

/// <summary>A map in the kernel.</summary>
internal readonly record struct MapInfo(uint Id, MapKind Kind, uint KeySize, uint ValueSize, uint MaxEntries, uint Flags, ulong Extra);
