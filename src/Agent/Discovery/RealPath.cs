namespace EbpfAgent.Discovery;

/// <summary>
/// Where a path leads, through every symbolic link on it, as the kernel walks it. What can't be known (a folder that may not be searched, a broken
/// disk) is an exception and never "nothing there", as it is for <see cref="File.Exists"/>: on that rests that an unreadable plugin isn't taken for a
/// removed one. <see cref="FileSystemInfo.ResolveLinkTarget"/> won't do: it takes <c>..</c> away before links are followed.
/// </summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    private const FileAttributes Missing = (FileAttributes)(-1);

    /// <summary>What lies at an absolute path.</summary>
    /// <inheritdoc cref="Below"/>
    public static FileInfo? Of(string path) => Below("/", path);

    /// <summary>What lies at a path below a folder.</summary>
    /// <param name="folder">A real path: without links.</param>
    /// <param name="path">Relative to it, or absolute.</param>
    /// <returns>The file or folder, which is no link, with the results of one <c>lstat</c>; null where there is nothing.</returns>
    /// <exception cref="IOException">It can't be known.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be known.</exception>
    public static FileInfo? Below(string folder, string path)
    {
        // Nearly all are names of files that are no links, and the watch asks for each of them several times a second.
        if (!path.Contains('/') && path is not ("" or "." or ".."))
        {
            var plain = new FileInfo(Path.Join(folder, path));
            if (plain.Attributes == Missing) return null;
            if ((plain.Attributes & FileAttributes.ReparsePoint) == 0) return plain;
        }

        return Walk(folder, path);
    }

    private static FileInfo? Walk(string folder, string path)
    {
        var rest = new Stack<string>();
        string at = Push(path, folder, rest);
        FileInfo? info = null;
        for (int links = 0; rest.TryPop(out string? next);)
        {
            if (next == ".") continue;
            // Nothing that has been walked is a link, so that the folder above is the one in the text.
            string below = next == ".." ? Path.GetDirectoryName(at) ?? "/" : Path.Join(at, next);
            info = new FileInfo(below);
            FileAttributes attributes = info.Attributes;
            if (attributes == Missing) return null;
            if ((attributes & FileAttributes.ReparsePoint) == 0)
            {
                at = below;
                continue;
            }

            if (++links > MaxLinks) throw new IOException($"Too many levels of symbolic links in '{path}'.");
            // Null where the link has just been replaced: the next look will tell by what.
            if (info.LinkTarget is not { } target) return null;
            at = Push(target, at, rest);
            info = null;
        }

        return info ?? new FileInfo(at);
    }

    // The first segment comes out of the stack first.
    private static string Push(string path, string at, Stack<string> rest)
    {
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = segments.Length - 1; i >= 0; i--) rest.Push(segments[i]);
        return path.StartsWith('/') ? "/" : at;
    }
}
