using System.IO.Enumeration;

namespace EbpfAgent.Discovery;

/// <summary>Which files belong to a plugin, and their stamps.</summary>
internal static class PluginFiles
{
    /// <summary>As deep below a plugin's folder its files are looked for.</summary>
    public const int MaxDepth = 8;

    /// <summary>The most files and folders of a plugin that are watched.</summary>
    public const int MaxEntries = 10_000;

    // What a plugin can consist of: assemblies and their .deps.json, BPF objects, native libraries, manifests, scripts and their modules, tables that
    // scripts or DLLs bring along. Nothing else counts: a plugin that writes its log or its data beside itself must not be loaded anew for ever.
    private static readonly string[] Kinds = [".dll", ".json", ".js", ".mjs", ".o", ".so", ".yaml", ".yml"];

    // The defaults would leave out what may not be read.
    private static readonly EnumerationOptions All = new() { IgnoreInaccessible = false, AttributesToSkip = 0 };

    /// <summary>Whether an entry is no part of a plugin whatever it holds: hidden, a back-up, a file that is renamed into place when complete.</summary>
    public static bool IsAside(ReadOnlySpan<char> name) => name.StartsWith('.') || name.EndsWith('~');

    /// <summary>Looks at all of a plugin's files.</summary>
    /// <param name="candidate">The plugin.</param>
    /// <param name="folder">The real path of the plugin folder that it lies in.</param>
    /// <param name="extra">Absolute paths of further files that it was made of when it was last loaded.</param>
    /// <returns>Null where it is not there.</returns>
    /// <exception cref="IOException">Something of it can't be read; nothing is known then.</exception>
    /// <exception cref="UnauthorizedAccessException">Something of it may not be read; nothing is known then.</exception>
    public static PluginStamp? Stamp(PluginCandidate candidate, string folder, IReadOnlyList<string> extra)
    {
        if (RealPath.Below(folder, Path.GetFileName(candidate.Path)) is not { } root)
            // A link to nothing is a candidate that says so.
            return candidate.EntryPath is null ? new PluginStamp(candidate, candidate.Path, [], DateTime.MinValue, limit: null) : null;
        var found = new Found(extra.Count + 4);
        if (root.Attributes.HasFlag(FileAttributes.Directory))
            found.AddFolder(root, candidate);
        else
            found.AddLone(folder, candidate);
        foreach (string path in extra) found.AddExtra(path);
        found.Files.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return new PluginStamp(candidate, root.FullName, found.Files, found.LastWrite, found.Limit);
    }

    private static bool IsOfAPlugin(string name) => Kinds.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private sealed class Found(int expected)
    {
        // Folders that were entered: a link back to one of them ends there.
        private readonly HashSet<string> _entered = [];

        public List<FileStamp> Files { get; } = new(expected);

        public DateTime LastWrite { get; private set; }

        public string? Limit { get; private set; }

        public void AddFolder(FileInfo root, PluginCandidate candidate)
        {
            Enter(root, prefix: "", depth: 0);
            if (Files.Count + _entered.Count <= MaxEntries)
            {
                if (Limit is not null) Limit = $"{candidate.Path}: {Limit}";
                return;
            }

            // A part of them, chosen by the order in which the disk gives them, would be another part the next time.
            Limit = $"{candidate.Path} has more than {MaxEntries} files and folders: only {(candidate.EntryPath is { } entry ? Path.GetFileName(entry) : "its name")} is watched for changes; move what is no part of the plugin elsewhere";
            Files.Clear();
            if (candidate.EntryPath is not null) Add(Path.GetFileName(candidate.EntryPath), RealPath.Below(root.FullName, Path.GetFileName(candidate.EntryPath)));
        }

        public void AddLone(string folder, PluginCandidate candidate)
        {
            foreach (string name in PluginEntry.CompanionsOf(candidate.Path).Prepend(Path.GetFileName(candidate.Path)))
                Add(name, RealPath.Below(folder, name));
        }

        public void AddExtra(string path) => Add(path, RealPath.Of(path));

        private void Enter(FileInfo folder, string prefix, int depth)
        {
            if (!_entered.Add(folder.FullName)) return;
            Note(folder);
            foreach (string name in Names(folder.FullName))
            {
                if (Files.Count + _entered.Count > MaxEntries) return;
                if (RealPath.Below(folder.FullName, name) is not { } entry) continue;
                if (!entry.Attributes.HasFlag(FileAttributes.Directory))
                {
                    if (IsOfAPlugin(name)) Add(prefix + name, entry);
                }
                else if (depth < MaxDepth)
                {
                    Enter(entry, prefix + name + "/", depth + 1);
                }
                else
                {
                    Limit ??= $"{prefix + name} and other folders more than {MaxDepth} levels deep are not watched for changes; move them up, or elsewhere";
                }
            }
        }

        private void Add(string name, FileInfo? file)
        {
            if (file is null || file.Attributes.HasFlag(FileAttributes.Directory)) return;
            Files.Add(FileStamp.Of(name, file));
            Note(file);
        }

        private void Note(FileInfo entry)
        {
            if (entry.LastWriteTimeUtc > LastWrite) LastWrite = entry.LastWriteTimeUtc;
        }

        // Sorted, so that it doesn't depend on the disk's order which of two ways to one folder is taken.
        private static List<string> Names(string folder)
        {
            var names = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), All)
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => !IsAside(entry.FileName),
            };
            try
            {
                List<string> sorted = [.. names];
                sorted.Sort(StringComparer.Ordinal);
                return sorted;
            }
            catch (DirectoryNotFoundException)
            {
                return [];
            }
        }
    }
}
