namespace EbpfAgent.Abstractions;

/// <summary>Where a program is attached that its section alone does not tell. Immutable.</summary>
public abstract class ProgramAttachment
{
    private protected ProgramAttachment()
    {
    }
}

/// <summary>An instruction of a user-space binary. Minimum kernel: 4.17 (attached as a perf event).</summary>
public sealed class UprobeAttachment : ProgramAttachment
{
    /// <summary>
    /// The executable or library: an absolute path, or a name that is looked up as the dynamic linker and the shell would (<c>libc</c>, <c>libssl.so.3</c>, <c>bash</c>).
    /// </summary>
    public required string Binary { get; init; }

    /// <summary>The function; null if <see cref="Offset"/> alone says where, from the beginning of the file.</summary>
    public string? Symbol { get; init; }

    /// <summary>Bytes from the function's first instruction, or from the beginning of the file.</summary>
    public ulong Offset { get; init; }

    /// <summary>Whether it runs when the function returns (a uretprobe).</summary>
    public bool IsReturn { get; init; }

    /// <summary>The process, or null for all.</summary>
    public int? ProcessId { get; init; }
}

/// <summary>A statically defined probe of a user-space binary (USDT). Minimum kernel: 4.20, for its semaphore.</summary>
public sealed class UsdtAttachment : ProgramAttachment
{
    /// <summary>The executable or library, as for <see cref="UprobeAttachment.Binary"/>.</summary>
    public required string Binary { get; init; }

    /// <summary>The probe's provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The probe's name.</summary>
    public required string Name { get; init; }

    /// <summary>The process, or null for all.</summary>
    public int? ProcessId { get; init; }
}

/// <summary>A function of the kernel. Minimum kernel: 4.17 (attached as a perf event).</summary>
public sealed class KprobeAttachment : ProgramAttachment
{
    /// <summary>The function's name, or several, of which the first that this kernel has is taken.</summary>
    public required IReadOnlyList<string> Functions { get; init; }

    /// <summary>Bytes from the function's first instruction; 0 for a return.</summary>
    public ulong Offset { get; init; }

    /// <summary>Whether it runs when the function returns (a kretprobe).</summary>
    public bool IsReturn { get; init; }
}

/// <summary>A perf event on every CPU that is on, those that come later too. Minimum kernel: 4.9; as a link 5.15.</summary>
public sealed class PerfEventAttachment : ProgramAttachment
{
    /// <summary><c>PERF_TYPE_*</c>: 0 hardware, 1 software, 3 hardware cache, 4 raw.</summary>
    public required uint Type { get; init; }

    /// <summary>Which event of the type: <c>PERF_COUNT_SW_CPU_CLOCK</c> is 0 of type 1.</summary>
    public required ulong Config { get; init; }

    /// <summary>Events between two runs of the program; 0 if <see cref="Frequency"/> says how often.</summary>
    public ulong Period { get; init; }

    /// <summary>Runs of the program a second and CPU; 0 if <see cref="Period"/> says how often.</summary>
    public ulong Frequency { get; init; }
}

/// <summary>Packets as a network interface's driver receives them. Minimum kernel: 5.9 (a link).</summary>
public sealed class XdpAttachment : ProgramAttachment
{
    /// <summary>The interfaces' names; each is attached to when it comes, and let go when it is gone.</summary>
    public required IReadOnlyList<string> Interfaces { get; init; }

    /// <summary>Whether the kernel's own, slower way is taken (<c>XDP_FLAGS_SKB_MODE</c>), which every interface has. False takes the driver's where it has one.</summary>
    public bool IsGeneric { get; init; }
}

/// <summary>Packets at a network interface's traffic control (a classifier on <c>clsact</c>). Minimum kernel: 4.5.</summary>
public sealed class TrafficControlAttachment : ProgramAttachment
{
    /// <summary>The interfaces' names; each is attached to when it comes, and let go when it is gone.</summary>
    public required IReadOnlyList<string> Interfaces { get; init; }

    /// <summary>Whether it sees what leaves; false for what arrives.</summary>
    public bool IsEgress { get; init; }

    /// <summary>The filter's priority, 1 to 65535; 0 lets the kernel choose.</summary>
    public ushort Priority { get; init; }
}

/// <summary>The processes or sockets of a control group and of those below it. Minimum kernel: 5.7 (a link).</summary>
public sealed class CgroupAttachment : ProgramAttachment
{
    /// <summary>The group's path below the root of control groups of version 2, <c>/</c> for all.</summary>
    public required string Path { get; init; }
}
