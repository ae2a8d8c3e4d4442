using System.Text;

namespace EbpfAgent.Host;

/// <summary>Reads what the host may or may not have. Nothing here throws for what it lacks, or for what the agent may not read.</summary>
internal static class HostFile
{
    /// <summary>Whatever a reading makes; null where it fails for the host's reasons.</summary>
    public static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file of the kernel's or of root's for reading; null where it can't be. The caller disposes it.</summary>
    public static FileStream? Open(string path) =>
        Try(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));

    /// <summary>
    /// The text of a small file, without the newline at its end; null where there is none. Bytes that are no UTF-8 become U+FFFD, and none is taken for a byte
    /// order mark.
    /// </summary>
    public static string? ReadText(string path) => Try(() =>
    {
        using FileStream? file = Open(path);
        if (file is null) return null;
        byte[] bytes = new byte[512];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> text = bytes.AsSpan(0, read);
        return Encoding.UTF8.GetString(text.EndsWith("\n"u8) ? text[..^1] : text);
    });

    /// <summary>The names in a folder, links and all; none where there is no such folder.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        Try<IReadOnlyList<string>>(() => [.. Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path))]) ?? [];
}
