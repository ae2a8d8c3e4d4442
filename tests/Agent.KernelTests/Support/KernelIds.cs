using System.Runtime.InteropServices;
using System.Text;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Support;

/// <summary>The ids that the kernel gives to programs, maps and links, and what of them is there.</summary>
internal static unsafe partial class KernelIds
{
    private const int NameOffset = 64; // bpf_prog_info.name
    private const int NameLength = 16;

    /// <summary>What a process holds, by what its descriptors say.</summary>
    public static IReadOnlyList<(string Kind, uint Id)> OwnedBy(int process) =>
        [.. Directory.EnumerateFiles($"/proc/{process}/fdinfo").SelectMany(Lines).Select(Parse).OfType<(string, uint)>().Distinct()];

    /// <summary>How many descriptors of programs, maps, links, types and events we have, several of the same one counted each.</summary>
    public static int Descriptors() => Directory.EnumerateFiles("/proc/self/fd").Count(static path => new FileInfo(path).LinkTarget is { } file && (file.StartsWith("anon_inode:b", StringComparison.Ordinal) || file == "anon_inode:[perf_event]"));

    /// <summary>
    /// Whether the kernel has it. Asked without opening it: a program array that is opened by id and closed while the kernel is emptying it, since its last
    /// descriptor is gone, is never freed (a second reference for work that is queued once; seen on 6.18).
    /// </summary>
    public static bool Exists((string Kind, uint Id) one)
    {
        uint next = 0;
        int result = one.Kind switch
        {
            "prog" => NextProgram(one.Id - 1, out next),
            "map" => NextMap(one.Id - 1, out next),
            _ => NextLink(one.Id - 1, out next),
        };
        return result == 0 && next == one.Id;
    }

    /// <summary>A process' programs of this name, to be run by us.</summary>
    public static IReadOnlyList<BpfProgramHandle> Programs(int process, string name)
    {
        List<BpfProgramHandle> found = [];
        foreach ((string kind, uint id) in OwnedBy(process))
        {
            if (kind != "prog") continue;
            var program = new BpfProgramHandle(ProgramById(id));
            if (Name(program) == name) found.Add(program);
            else program.Dispose();
        }

        return found;
    }

    private static string Name(BpfProgramHandle program)
    {
        Span<byte> info = stackalloc byte[NameOffset + NameLength];
        info.Clear();
        uint length = (uint)info.Length;
        fixed (byte* bytes = info) Assert.Equal(0, LibBpf.InfoByFd(program, bytes, ref length));
        return Encoding.UTF8.GetString(info[NameOffset..]).TrimEnd('\0');
    }

    // A descriptor may be closed while we look.
    private static IReadOnlyList<string> Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static (string, uint)? Parse(string line) => line.Split("_id:\t") is [("prog" or "map" or "link") and var kind, var id] ? (kind, uint.Parse(id)) : null;

    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_prog_get_fd_by_id")]
    private static partial int ProgramById(uint id);

    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_prog_get_next_id")]
    private static partial int NextProgram(uint id, out uint next);

    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_get_next_id")]
    private static partial int NextMap(uint id, out uint next);

    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_link_get_next_id")]
    private static partial int NextLink(uint id, out uint next);
}
