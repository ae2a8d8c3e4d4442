using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Opens files that anybody may have put into a plugin's folder. A pipe among them would be waited on for whoever writes into it, a device read for ever: neither is opened. What is looked at
/// is what is then opened, so that no exchange in between helps.
/// </summary>
internal static class OrdinaryFile
{
    /// <summary>Opens a file for reading; the caller disposes it.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It is no ordinary file, or can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        using SafeFileHandle held = LibC.Hold(path);
        if (held.IsInvalid) throw Missing(path, Marshal.GetLastPInvokeError());
        if (LibC.StatisticsOf(held) is not { IsOrdinary: true }) throw new IOException("it is no ordinary file, but a folder, a pipe, a socket or a device");
        // Any share: .NET would put a lock on it.
        return File.OpenHandle($"/proc/self/fd/{held.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Reads a file whole. One that grows meanwhile is read up to the limit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes.</param>
    /// <param name="length">How many it has; more than <paramref name="most"/> where null is returned.</param>
    /// <returns>Its bytes; null where there are too many.</returns>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static byte[]? Read(string path, long most, out long length)
    {
        using SafeFileHandle file = Open(path);
        length = RandomAccess.GetLength(file);
        if (length > most) return null;
        byte[] bytes = new byte[length];
        int at = 0;
        while (at < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(at), at) is > 0 and var read) at += read;
        return at == bytes.Length ? bytes : bytes[..at];
    }

    private static Exception Missing(string path, int errno) => errno switch
    {
        Errno.NoEntry or Errno.NotAFolder => new FileNotFoundException($"there is no file {path}", path),
        Errno.AccessDenied or Errno.NotPermitted => new UnauthorizedAccessException(Errno.Describe(errno)),
        _ => new IOException(Errno.Describe(errno)),
    };
}
