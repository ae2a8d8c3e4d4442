using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Host;

/// <summary>
/// Functions of processes by address: through the process's mappings to a file, and through the file's symbol table. Numbers of processes are those of the
/// agent's own process namespace. Code in no file has no name: a just-in-time compiler's, for which <c>/tmp/perf-PID.map</c> is not read. Names are as the
/// linker has them: C++ and Rust names are not demangled. For any thread. A file on a file system that doesn't answer holds up who asks for it, and nobody
/// else.
/// </summary>
internal sealed class UserSymbols
{
    private const int MaxProcesses = 256;

    private readonly string _processes;
    private readonly IFileCalls _calls;
    private readonly RereadCache<uint, ProcessMappings> _mappings;
    private readonly SymbolFiles _files = new();

    public UserSymbols(string root, TimeProvider time, IFileCalls calls)
    {
        _processes = Path.Combine(root, "proc");
        _calls = calls;
        _mappings = new RereadCache<uint, ProcessMappings>(
            MaxProcesses, TimeSpan.FromSeconds(5), time, process => ProcessMappings.Read(Path.Combine(_processes, $"{process}/maps")));
    }

    /// <summary>
    /// The function, <c>malloc</c>; where none is known the file with the address's offset in it, <c>libc.so.6+0x9d20</c>; null where the process is gone, or
    /// has no named code there.
    /// </summary>
    public string? Find(uint process, ulong address)
    {
        if (_mappings.Find(process)?.Find(address) is not { } mapping) return null;
        ulong offset = address - mapping.Start + mapping.Offset;
        string? function = mapping.IsFile ? SymbolsOf(process, mapping)?.Find(offset) : null;
        return function ?? string.Create(CultureInfo.InvariantCulture, $"{mapping.FileName}+0x{offset:x}");
    }

    private ElfSymbols? SymbolsOf(uint process, ProcessMapping mapping)
    {
        if (mapping.File is { } before && _files.Find(before) is { } stillKnown) return stillKnown;
        using SafeFileHandle? file = Open(process, mapping, out FileIdentity identity);
        if (file is null) return null;
        mapping.File = identity;
        if (_files.Find(identity) is { } known) return known;
        ElfSymbols symbols = HostFile.Try(() => ElfSymbols.Read(new ElfBytes(file, identity.Length))) ?? ElfSymbols.None;
        _files.Add(identity, symbols);
        return symbols;
    }

    /// <summary>
    /// The mapped file itself, whatever has its name by now, where the agent may open that (CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE); else what has its name,
    /// in the file system that the process sees.
    /// </summary>
    private SafeFileHandle? Open(uint process, ProcessMapping mapping, out FileIdentity identity)
    {
        string folder = Path.Combine(_processes, $"{process}");
        SafeFileHandle? file = _calls.OpenOrdinary($"{folder}/map_files/{mapping.Start:x}-{mapping.End:x}", out identity);
        return file is not null || mapping.IsDeleted ? file : _calls.OpenOrdinary($"{folder}/root{mapping.Path}", out identity);
    }
}
