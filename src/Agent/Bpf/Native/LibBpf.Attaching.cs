using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>What attaches programs that their section alone doesn't attach.</summary>
internal static unsafe partial class LibBpf
{
    /// <summary>Whether the load takes the program, which a section that begins with <c>?</c> is not.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_program__autoload")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool ProgramIsLoaded(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int ProgramSetLoaded(nint program, [MarshalAs(UnmanagedType.U1)] bool isLoaded);

    /// <summary>Closes libbpf's descriptor of the program.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_program__unload")]
    public static partial void ProgramUnload(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_uprobe_opts", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial BpfLinkHandle AttachUprobe(nint program, int process, string path, nuint offset, UprobeOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_usdt", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial BpfLinkHandle AttachUsdt(nint program, int process, string path, string provider, string name, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_kprobe_opts", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial BpfLinkHandle AttachKprobe(nint program, string function, KprobeOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_cgroup", SetLastError = true)]
    public static partial BpfLinkHandle AttachCgroup(nint program, FolderHandle group);

    /// <summary>A descriptor, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_link_create")]
    public static partial int LinkCreate(BpfProgramHandle program, int target, int attachType, LinkCreateOptions* options);

    /// <summary>A descriptor that runs an iterator when it is read, or a negative errno.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_iter_create")]
    public static partial int IteratorCreate(int link);

    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_create")]
    public static partial int TrafficControlMake(TrafficControlPoint* point);

    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_destroy")]
    public static partial int TrafficControlRemove(TrafficControlPoint* point);

    /// <summary>Attaches; the handle and priority that the kernel chose are in the options then.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_tc_attach")]
    public static partial int TrafficControlAttach(TrafficControlPoint* point, TrafficControlOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_tc_detach")]
    public static partial int TrafficControlDetach(TrafficControlPoint* point, TrafficControlOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_tc_query")]
    public static partial int TrafficControlQuery(TrafficControlPoint* point, TrafficControlOptions* options);

    /// <summary>A descriptor, or a negative errno. It takes CAP_SYS_ADMIN.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_prog_get_fd_by_id")]
    public static partial int ProgramById(uint id);

    /// <summary>A descriptor, or a negative errno. It takes CAP_SYS_ADMIN.</summary>
    [LibraryImport(Library, EntryPoint = "bpf_map_get_fd_by_id")]
    public static partial int MapById(uint id);

    /// <summary>struct bpf_uprobe_opts as of libbpf 1.1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UprobeOptions
    {
        public nuint Size;
        public nuint SemaphoreOffset;
        public ulong Cookie;
        public byte IsReturn;
        public byte* Function;
    }

    /// <summary>struct bpf_kprobe_opts as of libbpf 1.1.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct KprobeOptions
    {
        public nuint Size;
        public ulong Cookie;
        public nuint Offset;
        public byte IsReturn;
    }

    /// <summary>struct bpf_link_create_opts as of libbpf 1.1, without the union at its end.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkCreateOptions
    {
        public nuint Size;
        public uint Flags;
        private readonly uint _unused;
        public nint IteratorInfo;
        public uint IteratorInfoLength;
        public uint TargetBtfId;
    }

    /// <summary>struct bpf_tc_hook.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TrafficControlPoint
    {
        public nuint Size;
        public int Interface;
        public int Side;
        public uint Parent;
    }

    /// <summary>struct bpf_tc_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TrafficControlOptions
    {
        public nuint Size;
        public int Program;
        public uint Flags;
        public uint ProgramId;
        public uint Handle;
        public uint Priority;
    }
}
