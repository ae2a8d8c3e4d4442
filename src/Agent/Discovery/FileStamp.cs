namespace EbpfAgent.Discovery;

/// <summary>What one <c>stat</c> says of a file: cheap, and different whenever the file was written in the usual ways.</summary>
/// <param name="Name">Relative to its plugin's folder; absolute for a file outside of it.</param>
/// <param name="Path">Where it really lies: another path when a symbolic link on the way was pointed elsewhere.</param>
/// <param name="Length">In bytes; 0 also for what is no ordinary file (a pipe, a device), which for that reason is never opened.</param>
/// <param name="Modified">When its content was written, in UTC; anybody can set it.</param>
/// <param name="Created">
/// Its birth in UTC, or, where .NET doesn't know that (Linux, up to .NET 10), the earlier of mtime and ctime: that moves when a file whose mtime lies in
/// the future is replaced.
/// </param>
internal readonly record struct FileStamp(string Name, string Path, long Length, DateTime Modified, DateTime Created)
{
    /// <summary>The stamp of a file outside of any plugin; null where there is no file.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="IOException">It can't be known.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be known.</exception>
    public static FileStamp? Of(string path) =>
        RealPath.Of(path) is { } file && !file.Attributes.HasFlag(FileAttributes.Directory) ? Of(path, file) : null;

    /// <summary>The stamp of a file that was looked at.</summary>
    public static FileStamp Of(string name, FileInfo file) => new(name, file.FullName, file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc);
}
