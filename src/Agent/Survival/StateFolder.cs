using System.Diagnostics.CodeAnalysis;
using EbpfAgent.Configuration;

namespace EbpfAgent.Survival;

/// <summary>
/// The folder of what the agent keeps over its own end, and the names of the files in it. What is in there is believed, so only the agent's
/// own user may write it.
/// </summary>
/// <remarks>
/// Without it the agent runs, and nothing of it survives: crash marks are optional, and a plugin that wants to survive is refused.
/// Files of plugins have an extension and the agent's own have none, so no plugin's name can be mistaken for them.
/// </remarks>
internal sealed class StateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const string LockExtension = ".lock";
    private const string HolderExtension = ".holder";
    private const string RecordExtension = ".state";
    private const string TemporaryExtension = ".tmp";

    private StateFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The marks of what plugins are doing: see <see cref="CrashJournal"/>.</summary>
    public string Activity => In("activity");

    /// <summary>The marks while an empty file is made.</summary>
    public string ActivityTemporary => In("activity-new");

    /// <summary>Locked by the process whose marks they are.</summary>
    public string ActivityLock => In("activity-lock");

    /// <summary>Says who holds the lock.</summary>
    public string ActivityHolder => In("activity-holder");

    /// <summary>Opens the folder, and makes it (mode 0700) where there is none.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="problem">Why it can't be used, with the way out.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out StateFolder? folder, [NotNullWhen(false)] out string? problem)
    {
        folder = null;
        try
        {
            Directory.CreateDirectory(path, Private);
            problem = TrustedFile.Check(path, ModeOf, static link => new FileInfo(link).LinkTarget) is { } distrust ? $"stateFolder: {distrust}" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"stateFolder: {path} can't be made or read: {e.Message}; run the agent as root, or name a folder that it may write";
        }

        if (problem is not null) return false;
        folder = new StateFolder(path);
        return true;
    }

    /// <summary>Locked by the process that holds the plugin.</summary>
    public string Lock(string plugin) => In(SafeName.Encode(plugin) + LockExtension);

    /// <summary>Says who holds the lock.</summary>
    public string Holder(string plugin) => In(SafeName.Encode(plugin) + HolderExtension);

    /// <summary>The plugin's totals: see <see cref="SurvivalFile"/>.</summary>
    public string Record(string plugin) => In(SafeName.Encode(plugin) + RecordExtension);

    /// <summary>The totals while they are written; one that is there before is a dead agent's.</summary>
    public string Temporary(string plugin) => In(SafeName.Encode(plugin) + TemporaryExtension);

    /// <summary>The plugins that have left any file here, whether or not they are still held.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public IReadOnlyList<string> Plugins() =>
        [.. Directory.EnumerateFiles(Path)
            .Where(static file => System.IO.Path.GetExtension(file) is LockExtension or HolderExtension or RecordExtension or TemporaryExtension)
            .Select(static file => SafeName.Decode(System.IO.Path.GetFileNameWithoutExtension(file))).OfType<string>().Distinct()];

    private string In(string name) => System.IO.Path.Combine(Path, name);

    // In a folder with the sticky bit, such as /tmp, others can't replace what is the agent's.
    private static UnixFileMode? ModeOf(string path)
    {
        if (!System.IO.Path.Exists(path)) return null;
        UnixFileMode mode = File.GetUnixFileMode(path);
        return mode.HasFlag(UnixFileMode.StickyBit) ? mode & ~ByOthers : mode;
    }
}
