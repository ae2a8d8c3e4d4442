using EbpfAgent.Abstractions;

namespace EbpfAgent.Decoding;

/// <summary>
/// What decoders ask of the machine: what plugin authors may ask, and what built-in decoders need besides. Any thread may call any member; none throws for what the host lacks. What
/// can change is read again after a while; a name that is gone stays the last one that was known.
/// </summary>
internal interface IHost : IHostLookup
{
    /// <summary>The machine's architecture as <c>uname -m</c> has it: <c>x86_64</c>, <c>aarch64</c>. System calls are numbered by it.</summary>
    string Architecture { get; }

    /// <summary>The folder that <c>/</c> among control groups is in the file system: <c>/sys/fs/cgroup</c>, beside version 1 <c>/sys/fs/cgroup/unified</c>. The first of them also where none is mounted.</summary>
    string CgroupMount => UsualCgroupMount;

    /// <summary>Where control groups are looked for that are mounted nowhere.</summary>
    const string UsualCgroupMount = "/sys/fs/cgroup";

    /// <summary>The function of a process that an address lies in, without the offset: <c>malloc</c>; or the binary with the offset in its file, <c>libc.so.6+0x9d20</c>; null where the process is gone, or has nothing there.</summary>
    string? UserSymbol(uint process, ulong address);
}
