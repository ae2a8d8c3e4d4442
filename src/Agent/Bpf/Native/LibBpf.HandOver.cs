using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>What a hand-over and pins take: maps that are used again, programs and maps of the agent's own, ids, and the BPF file system.</summary>
internal static unsafe partial class LibBpf
{
    /// <summary>Makes the load use a map that is there; duplicates the descriptor. What libbpf says of the map is the kernel's word from then on.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int MapReuse(nint map, BpfMapHandle existing);

    [LibraryImport(Library, EntryPoint = "bpf_map__is_internal")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool MapIsSection(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__map_flags")]
    public static partial uint MapFlags(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__map_extra")]
    public static partial ulong MapExtra(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_program__type")]
    public static partial int ProgramType(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_type")]
    public static partial int ProgramSetType(nint program, int type);

    [LibraryImport(Library, EntryPoint = "bpf_program__expected_attach_type")]
    public static partial int ProgramAttachType(nint program);

    /// <summary>A descriptor, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_map_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MapCreate(int type, string name, uint keySize, uint valueSize, uint maxEntries, nint options);

    /// <summary>A descriptor, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_prog_load", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ProgramLoad(int type, string name, string license, ulong* instructions, nuint count, ProgramLoadOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_btf_get_fd_by_id")]
    public static partial int BtfById(uint id);

    /// <summary>The id of a type of the kernel, or a negative errno. Parses the kernel's whole BTF: tens of milliseconds.</summary>
    [LibraryImport(Library, EntryPoint = "libbpf_find_vmlinux_btf_id", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int KernelTypeId(string name, int attachType);

    /// <summary>Borrowed: it lives as long as the link.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_link__fd")]
    public static partial int LinkFd(BpfLinkHandle link);

    [LibraryImport(Library, EntryPoint = "bpf_link__open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial BpfLinkHandle LinkOpen(string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_pin", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Pin(int fd, string path);

    /// <summary>A descriptor, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Pinned(string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int InfoByNumber(int fd, byte* info, ref uint length);

    /// <summary>struct bpf_prog_load_opts as of libbpf 1.1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProgramLoadOptions
    {
        public nuint Size;
        public int Attempts;
        public int ExpectedAttachType;
        public uint ProgramBtf;
        public uint Flags;
        public uint InterfaceIndex;
        public uint KernelVersion;
        public uint AttachBtfId;
        public uint AttachProgram;
        public uint AttachBtf;
        private readonly uint _unused;
        public nint Descriptors;
        public nint FunctionInfo;
        public uint FunctionInfoCount;
        public uint FunctionInfoSize;
        public nint LineInfo;
        public uint LineInfoCount;
        public uint LineInfoSize;
        public uint LogLevel;
        public uint LogSize;
        public byte* Log;
    }
}
