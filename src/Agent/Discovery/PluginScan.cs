namespace EbpfAgent.Discovery;

/// <summary>
/// Finds what lies in the plugin folders: a folder with a <c>plugin.json</c>, a folder with a DLL of the folder's name, or a lone DLL. Looks at names only
/// and loads nothing.
/// </summary>
internal static class PluginScan
{
    public const string ManifestName = "plugin.json";

    private const string Contract = "EbpfAgent.Abstractions.dll";

    /// <summary>The candidates in the order of their names, which is the order of loading, and what is wrong with the folders themselves.</summary>
    public static (IReadOnlyList<PluginCandidate> Candidates, IReadOnlyList<string> Problems) Scan(IEnumerable<string> folders)
    {
        var found = new SortedDictionary<string, PluginCandidate>(StringComparer.OrdinalIgnoreCase);
        List<string> problems = [];
        foreach (string folder in folders)
        {
            foreach (PluginCandidate candidate in List(folder, problems))
            {
                if (found.TryGetValue(candidate.Name, out PluginCandidate? first))
                    problems.Add($"{candidate.Path} is ignored: {first.Path} is a plugin of the same name; rename one of them");
                else
                    found.Add(candidate.Name, candidate);
            }
        }

        return ([.. found.Values], problems);
    }

    private static IEnumerable<PluginCandidate> List(string folder, List<string> problems)
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
        }

        return [];
    }

    // One folder that can't be read, or that goes away while it is looked at, must not hide the plugins beside it.
    private static PluginCandidate? TryLook(string path)
    {
        try
        {
            return Look(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PluginCandidate(Path.GetFileName(path), path, EntryPath: null, $"{path} can't be read: {e.Message}");
        }
    }

    private static PluginCandidate? Look(string path)
    {
        string name = Path.GetFileName(path);
        // What an editor, a copy in progress or a version control system keeps beside the real thing.
        if (name.StartsWith('.') || name.EndsWith('~')) return null;
        if (Directory.Exists(path)) return LookInto(path, name);
        return name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && name != Contract
            ? new PluginCandidate(Path.GetFileNameWithoutExtension(name), path, path, Problem: null)
            : null;
    }

    private static PluginCandidate LookInto(string folder, string name)
    {
        string manifest = Path.Combine(folder, ManifestName);
        if (File.Exists(manifest)) return new PluginCandidate(name, folder, manifest, Problem: null);
        string dll = Path.Combine(folder, name + ".dll");
        if (File.Exists(dll)) return new PluginCandidate(name, folder, dll, Problem: null);
        string[] dlls = [.. Directory.EnumerateFiles(folder, "*.dll").Where(static file => Path.GetFileName(file) != Contract)];
        return dlls.Length == 1
            ? new PluginCandidate(name, folder, dlls[0], Problem: null)
            : new PluginCandidate(name, folder, EntryPath: null, $"{folder} is not a plugin: it has no {ManifestName} and no {name}.dll{(dlls.Length > 1 ? $" (and {dlls.Length} other DLLs, of which none is the folder's)" : "")}");
    }
}
