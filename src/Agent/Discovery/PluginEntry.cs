namespace EbpfAgent.Discovery;

/// <summary>What a plugin is described by.</summary>
internal enum PluginForm
{
    /// <summary>An assembly.</summary>
    Dll,

    /// <summary>A <c>plugin.json</c>.</summary>
    Manifest,

    /// <summary>A configuration of cloudflare/ebpf_exporter: <c>NAME.yaml</c> with <c>NAME.bpf.o</c> beside it.</summary>
    ExporterConfiguration,

    /// <summary>Nothing but a BPF object, which says itself what its maps are.</summary>
    Object,
}

/// <summary>Finds the file that a plugin is described by. Of several, a manifest goes before a DLL, that before a configuration of ebpf_exporter, and that before a bare object.</summary>
internal static class PluginEntry
{
    public const string ManifestName = "plugin.json";

    private const string Contract = "EbpfAgent.Abstractions.dll";
    private const string ObjectEnding = ".bpf.o";

    private static readonly string[] ExporterEndings = [".yaml"];
    private static readonly string[] OwnersOfAnObject = [".dll", .. ExporterEndings];
    private static readonly string[] Endings = [ObjectEnding, .. OwnersOfAnObject];

    public static PluginForm FormOf(string entry)
    {
        string name = Path.GetFileName(entry);
        return name == ManifestName ? PluginForm.Manifest
            : name.EndsWith(ObjectEnding, StringComparison.Ordinal) ? PluginForm.Object
            : IsExporter(name) ? PluginForm.ExporterConfiguration
            : PluginForm.Dll;
    }

    /// <summary>What a plugin at this path is called: a file's name without its ending, or the folder's.</summary>
    public static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        string? ending = Endings.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        return ending is null ? name : name[..^ending.Length];
    }

    /// <summary>The object beside a configuration of ebpf_exporter.</summary>
    public static string ObjectOf(string configuration) => Path.Combine(Path.GetDirectoryName(configuration)!, NameOf(configuration) + ObjectEnding);

    /// <summary>Whether a file that lies in a plugin folder by itself could be a plugin; a configuration needs its object, and an object with a DLL or a configuration of its name is that one's.</summary>
    public static bool IsLone(string path, Func<string, bool> isFile)
    {
        string name = Path.GetFileName(path);
        if (name == Contract) return false;
        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return true;
        if (IsExporter(name)) return isFile(ObjectOf(path));
        return name.EndsWith(ObjectEnding, StringComparison.Ordinal) && !OwnersOfAnObject.Any(ending => isFile(Path.Combine(Path.GetDirectoryName(path)!, NameOf(path) + ending)));
    }

    /// <summary>The files beside a lone one that belong to it.</summary>
    public static IEnumerable<string> CompanionsOf(string path) => FormOf(path) switch
    {
        PluginForm.Dll => [NameOf(path) + ".deps.json", NameOf(path) + ".runtimeconfig.json", NameOf(path) + ObjectEnding],
        PluginForm.ExporterConfiguration => [NameOf(path) + ObjectEnding],
        _ => [],
    };

    /// <summary>The entry of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isFile">Whether there is such a file.</param>
    /// <param name="problem">Why there is none, as a sentence; null where there is one.</param>
    public static string? Find(string folder, Func<string, bool> isFile, out string? problem)
    {
        problem = null;
        string name = Path.GetFileName(folder);
        string manifest = Path.Combine(folder, ManifestName);
        if (isFile(manifest)) return manifest;
        string dll = Path.Combine(folder, name + ".dll");
        if (isFile(dll)) return dll;
        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        string[] dlls = [.. files.Where(static file => file.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(file) != Contract)];
        if (dlls.Length == 1) return dlls[0];
        string[] objects = [.. files.Where(static file => file.EndsWith(ObjectEnding, StringComparison.Ordinal))];
        string[] configurations = [.. files.Where(file => IsExporter(file) && objects.Contains(ObjectOf(file)))];
        string[] entries = configurations.Length > 0 ? configurations : objects;
        if (dlls.Length == 0 && Pick(entries, name) is { } entry) return entry;
        problem = $"{folder} is not a plugin: {Lack(name, dlls.Length, entries)}";
        return null;
    }

    // The only one, or the one that is called as the folder.
    private static string? Pick(string[] entries, string folder) => entries.Length == 1 ? entries[0] : entries.FirstOrDefault(entry => NameOf(entry) == folder);

    private static string Lack(string name, int dlls, string[] entries) =>
        dlls > 1 ? $"it has no {ManifestName} and no {name}.dll (and {dlls} other DLLs, of which none is the folder's)"
        : entries.Length > 1 ? $"it has {string.Join(", ", entries.Select(Path.GetFileName))}, and neither a {ManifestName} nor one that is called {name}; give each a folder of its own, or put them beside this folder"
        : $"it has no {ManifestName}, no {name}.dll and no BPF object (*{ObjectEnding})";

    private static bool IsExporter(string name) => ExporterEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));
}
