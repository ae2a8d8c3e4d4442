namespace EbpfAgent.Bpf.Attaching;

/// <summary>Where control groups of version 2 are mounted: at <c>/sys/fs/cgroup</c>, below it beside those of version 1, or anywhere else.</summary>
internal static class CgroupRoot
{
    public const string Mounts = "/proc/self/mountinfo";

    /// <summary>The first place that a table of mounts (proc(5)) names; null if they are nowhere.</summary>
    public static string? Find(IEnumerable<string> mounts)
    {
        foreach (string line in mounts)
        {
            // ID PARENT MAJOR:MINOR ROOT PLACE OPTIONS [TAG...] - TYPE SOURCE OPTIONS
            string[] halves = line.Split(" - ", 2);
            if (halves.Length == 2 && halves[1].StartsWith("cgroup2 ", StringComparison.Ordinal) && halves[0].Split(' ') is [_, _, _, _, var place, ..]) return BpfFileSystem.Unescape(place);
        }

        return null;
    }
}
