using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Discovery;

/// <summary>
/// XXH128 of files, in lower-case hexadecimal: it tells a change from none. Whoever can make two plugins of one hash can write the plugin folder. (A cryptographic one would bring
/// OpenSSL into the process, some megabytes for nothing.)
/// </summary>
internal static class ContentHash
{
    /// <summary>
    /// As much of one plugin is read: what a BPF object may have at most, and a tenth of a second's work. A file beyond it is known by its length and mtime.
    /// </summary>
    public const long MostBytes = 64 << 20;

    private const int BufferSize = 128 << 10;

    /// <summary>The hash of a file's bytes.</summary>
    /// <param name="file">The file. No more is read than it had when it was looked at: one that is written faster than it is read has an end too.</param>
    /// <param name="left">The bytes that may still be read.</param>
    /// <exception cref="IOException">It can't be read, or has gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string Of(in FileStamp file, ref long left)
    {
        if (file.Length > left) return $"{file.Length}@{file.Modified.Ticks}";
        left -= file.Length;
        var hash = new XxHash128();
        if (file.Length > 0) Append(hash, file);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The hash of many files: over a line for each, with its hash and its name.</summary>
    public static string Of(SortedDictionary<string, string> files)
    {
        var lines = new StringBuilder();
        // A name may hold a line's end, and no zero.
        foreach ((string name, string hash) in files) lines.Append(hash).Append(' ').Append(name).Append('\0');
        return Of(Encoding.UTF8.GetBytes(lines.ToString()));
    }

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(XxHash128.Hash(bytes));

    private static void Append(XxHash128 hash, in FileStamp file)
    {
        using SafeFileHandle handle = File.OpenHandle(file.Path, share: FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long at = 0; at < file.Length;)
            {
                int read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Length - at)), at);
                if (read == 0) return;
                hash.Append(buffer.AsSpan(0, read));
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
