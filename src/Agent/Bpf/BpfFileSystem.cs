namespace EbpfAgent.Bpf;

/// <summary>bpffs, where programs, maps and links have names, and live on without a process that holds them.</summary>
internal static class BpfFileSystem
{
    private const string UsualPlace = "/sys/fs/bpf";
    private const string Mounts = "/proc/self/mounts";

    /// <summary>Where it is mounted; mounts it at its usual place if it is nowhere.</summary>
    /// <exception cref="BpfException">It can't be mounted.</exception>
    public static string Require()
    {
        if (Find(File.ReadLines(Mounts)) is { } place) return place;
        KernelFileSystem.Mount("what is to outlive the agent needs", "bpffs", "bpf", UsualPlace);
        return UsualPlace;
    }

    /// <summary>Where a table of mounts says that it is, its usual place before others; null where it is not.</summary>
    internal static string? Find(IEnumerable<string> mounts)
    {
        string? found = null;
        foreach (string line in mounts)
        {
            if (line.Split(' ') is not [_, var place, "bpf", ..]) continue;
            if (place == UsualPlace) return place;
            found ??= Unescape(place);
        }

        return found;
    }

    // What would break the table's columns stands in it as three octal digits.
    internal static string Unescape(string place) =>
        place.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
