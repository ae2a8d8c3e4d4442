namespace EbpfAgent.Discovery;

/// <summary>Something in a plugin folder that should be a plugin. Whether it is one shows when it is loaded.</summary>
/// <param name="Name">The folder's name, or the file's without its ending: what the configuration and the metrics call the plugin.</param>
/// <param name="Path">The folder or file, for messages.</param>
/// <param name="EntryPath">The file that says what it is; null where none was found, with the reason in <paramref name="Problem"/>.</param>
/// <param name="Problem">Why it can't be a plugin; null where it may be one.</param>
internal sealed record PluginCandidate(string Name, string Path, string? EntryPath, string? Problem)
{
    /// <summary>What kind of file says what it is.</summary>
    public PluginForm Form => EntryPath is null ? PluginForm.Dll : PluginEntry.FormOf(EntryPath);

    /// <summary>The plugin folder that it lies in.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Whether what it is can't be known now, as against known not to be a plugin.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>A candidate that can't be read.</summary>
    /// <param name="path">The folder or DLL.</param>
    /// <param name="cause">The system's reason.</param>
    public static PluginCandidate Unreadable(string path, Exception cause)
    {
        return new PluginCandidate(PluginEntry.NameOf(path), path, EntryPath: null, $"{path} can't be read: {cause.Message}") { IsUnreadable = true };
    }
}
