namespace EbpfAgent.Host;

/// <summary>
/// Walks a tree of control groups. Whoever may make groups may make many, with long names: it goes breadth first, so that what a limit cuts off lies deepest,
/// where such users' groups are. A group whose name is no UTF-8 is left out with those below it, since .NET can't open its folder.
/// </summary>
internal static class ControlGroupWalk
{
    /// <summary>Groups that are read at most.</summary>
    public const int MaxGroups = 65_536;

    // Of all paths together. A path can have 4096, and there may be as many of those as there are groups.
    private const int MaxCharacters = 16 << 20;

    /// <summary>The paths of the groups by id.</summary>
    /// <param name="folder">The folder of the first group.</param>
    /// <param name="prefix">That group's path; empty for the root.</param>
    /// <param name="files">Tells inodes.</param>
    public static Dictionary<ulong, string> Read(string folder, string prefix, IFileCalls files)
    {
        var groups = new Dictionary<ulong, string>();
        var waiting = new Queue<string>([""]);
        int characters = 0;
        while (waiting.TryDequeue(out string? below) && groups.Count < MaxGroups)
        {
            // Null where it has gone since its folder was listed.
            if (files.Identify(folder + below) is not { } group) continue;
            string path = prefix + below;
            if (!groups.TryAdd(group.Inode, path.Length == 0 ? "/" : path)) continue;
            foreach (string name in Children(folder + below, limit: MaxGroups - groups.Count - waiting.Count))
            {
                characters += prefix.Length + below.Length + 1 + name.Length;
                if (characters > MaxCharacters) break;
                waiting.Enqueue($"{below}/{name}");
            }
        }

        return groups;
    }

    private static IReadOnlyList<string> Children(string folder, int limit) =>
        HostFile.Try<IReadOnlyList<string>>(() => [.. Directory.EnumerateDirectories(folder).Take(limit).Select(static path => Path.GetFileName(path))]) ?? [];
}
