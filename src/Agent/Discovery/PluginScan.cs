namespace EbpfAgent.Discovery;

/// <summary>
/// Finds what lies in the plugin folders: folders with a <see cref="PluginEntry"/>, and lone files that are one. Looks at names only and loads nothing.
/// </summary>
internal static class PluginScan
{
    /// <summary>Looks into the folders, in their order: of two plugins of one name, the first is the plugin.</summary>
    public static PluginListing Scan(IEnumerable<string> folders)
    {
        var found = new SortedDictionary<string, PluginCandidate>(StringComparer.OrdinalIgnoreCase);
        List<string> problems = [];
        List<string> unreadable = [];
        foreach (string folder in folders)
        {
            foreach (PluginCandidate candidate in List(folder, problems, unreadable))
            {
                if (found.TryGetValue(candidate.Name, out PluginCandidate? first))
                    problems.Add($"{candidate.Path} is ignored: {first.Path} is a plugin of the same name; rename one of them");
                else
                    found.Add(candidate.Name, candidate);
            }
        }

        return new PluginListing([.. found.Values], problems, unreadable);
    }

    /// <summary>The plugin at a path, or null where there can be none.</summary>
    public static PluginCandidate? At(string path) => TryLook(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    private static IEnumerable<PluginCandidate> List(string folder, List<string> problems, List<string> unreadable)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal).Select(TryLook).OfType<PluginCandidate>()];
        }
        catch (DirectoryNotFoundException)
        {
            problems.Add(File.Exists(folder)
                ? $"{folder} is a file: name the folder that it lies in, in pluginFolders"
                : $"{folder} is not there: create it, or name another one in pluginFolders");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{folder} can't be read: {e.Message}");
            unreadable.Add(folder);
        }

        return [];
    }

    // One folder that can't be read, or that goes away while it is looked at, must not hide the plugins beside it.
    private static PluginCandidate? TryLook(string path)
    {
        // What an editor, a copy in progress or a version control system keeps beside the real thing.
        if (PluginFiles.IsAside(Path.GetFileName(path.AsSpan()))) return null;
        try
        {
            return Look(path);
        }
        catch (UnauthorizedAccessException e) when (!IsOutOfSight(path))
        {
            return PluginCandidate.Unreadable(path, e);
        }
        catch (IOException e)
        {
            return PluginCandidate.Unreadable(path, e);
        }
    }

    // In a folder that can be listed and not searched, nothing can be said of any entry, a readme included: it is the folder that can't be read.
    private static bool IsOutOfSight(string path)
    {
        try
        {
            _ = new FileInfo(path).Attributes;
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static PluginCandidate? Look(string path)
    {
        var entry = new FileInfo(path);
        if (Is(entry, FileAttributes.Directory))
            return new PluginCandidate(Path.GetFileName(path), path, PluginEntry.Find(path, IsFile, out string? problem), problem);
        bool isThere = IsThere(entry);
        if (!PluginEntry.IsLone(path, IsFile)) return null;
        string plugin = PluginEntry.NameOf(path);
        if (isThere) return new PluginCandidate(plugin, path, path, Problem: null);
        return entry.LinkTarget is { } target
            ? new PluginCandidate(plugin, path, EntryPath: null, $"{path} is a symbolic link to {target}, which is not there; point it to the {(PluginEntry.FormOf(path) == PluginForm.Dll ? "DLL" : "file")}, or remove it")
            : null;
    }

    private static bool IsFile(string path)
    {
        var entry = new FileInfo(path);
        return !Is(entry, FileAttributes.Directory) && IsThere(entry);
    }

    // Of a link, the attributes say that it is one, and whether it leads to a folder; the kernel is asked once for both.
    private static bool IsThere(FileInfo entry) => entry.Exists && (!Is(entry, FileAttributes.ReparsePoint) || RealPath.Of(entry.FullName) is not null);

    // All bits are set where there is nothing.
    private static bool Is(FileInfo entry, FileAttributes kind) => entry.Attributes is var attributes && (int)attributes != -1 && (attributes & kind) != 0;
}
