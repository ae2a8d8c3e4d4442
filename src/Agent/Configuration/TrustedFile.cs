namespace EbpfAgent.Configuration;

/// <summary>
/// Says when a file that the agent trusts (its configuration, a plugin's DLL) can be written, or replaced through a folder above it, by
/// others than its owner. Only the mode bits for group and others are looked at: .NET has no call for a file's owner, so a
/// file that belongs to an ordinary user passes if nobody but that user can write it. Access control lists show in the group's bits.
/// </summary>
internal static class TrustedFile
{
    /// <summary>As many symbolic links as Linux follows.</summary>
    private const int MaxLinks = 40;

    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Checks a file on the disk.</summary>
    /// <param name="path">The file or folder; relative to the working directory.</param>
    /// <returns>A warning in one sentence, or null where there is nothing to say; also where there is no such file.</returns>
    /// <exception cref="IOException">A folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static string? Check(string path) => Check(Path.GetFullPath(path), ModeOnDisk, path => new FileInfo(path).LinkTarget);

    /// <summary>Checks the file, each folder above it, and the same for every symbolic link on the way.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="mode">The mode of what is not a link, or null where there is nothing.</param>
    /// <param name="linkTarget">The target of a symbolic link, or null for what is none.</param>
    public static string? Check(string path, Func<string, UnixFileMode?> mode, Func<string, string?> linkTarget)
    {
        var rest = new Stack<string>(Segments(path));
        string at = "/";
        int links = 0;
        while (mode(at) is { } bits)
        {
            if ((bits & ByOthers) != 0)
                return Warning(path, at, bits);
            if (!rest.TryPop(out string? next))
                return null;
            string below = Path.GetFullPath(next, at);
            if (linkTarget(below) is not { } target)
                at = below;
            else if (++links > MaxLinks)
                return null;
            else
                (at, rest) = (Path.IsPathRooted(target) ? "/" : at, new Stack<string>(rest.Reverse().Concat(Segments(target))));
        }
        return null;
    }

    private static UnixFileMode? ModeOnDisk(string path) =>
        !OperatingSystem.IsWindows() && Path.Exists(path) ? File.GetUnixFileMode(path) : null;

    // The first segment comes out of the stack first.
    private static IEnumerable<string> Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();

    private static string Warning(string path, string culprit, UnixFileMode mode)
    {
        string who = mode.HasFlag(UnixFileMode.OtherWrite) ? "everybody" : "its group";
        string what = culprit == path ? path : $"{path} can be replaced by others: {culprit}";
        string wayOut = mode.HasFlag(UnixFileMode.StickyBit) ? "move it to a folder that only root can write" : $"chmod go-w {culprit}";
        return $"{what} can be written by {who} (mode {Convert.ToString((int)mode, 8)}), who thereby command the agent; {wayOut}";
    }
}
