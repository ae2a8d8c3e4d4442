namespace EbpfAgent.Bpf;

/// <summary>
/// tracefs, where the kernel keeps the numbers of its classic tracepoints. Programs of the other kinds don't need it, and many hosts
/// and containers don't mount it.
/// </summary>
internal static class TraceFileSystem
{
    private const string UsualPlace = "/sys/kernel/tracing";

    private static readonly string[] Places = [UsualPlace, "/sys/kernel/debug/tracing"];
    private static readonly string[] NeededBy = ["tracepoint/", "tp/"];

    /// <summary>Mounts tracefs at its usual place if a program needs it and it is nowhere.</summary>
    /// <exception cref="BpfException">It can't be mounted.</exception>
    public static void MountFor(IEnumerable<BpfProgram> programs)
    {
        BpfProgram? program = programs.FirstOrDefault(static p => p.IsOf(NeededBy));
        if (program is null || Places.Any(static place => Directory.Exists(Path.Combine(place, "events")))) return;
        KernelFileSystem.Mount($"program '{program.Name}' ({program.Section}) needs", "tracefs", "tracefs", UsualPlace);
    }
}
