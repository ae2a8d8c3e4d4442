using EbpfAgent.Bpf.Native;
using EbpfAgent.Host;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Lifecycle;

/// <summary>Gives the host's look-ups the native calls that they need, and may not know.</summary>
internal sealed class FileCalls : IFileCalls
{
    public FileIdentity? Identify(string path) => LibC.StatisticsOf(path) is { } file ? IdentityOf(file) : null;

    public SafeFileHandle? OpenOrdinary(string path, out FileIdentity identity)
    {
        identity = default;
        // Looked at, and then opened by its number here: what the path leads to may be another by then.
        using SafeFileHandle held = LibC.Hold(path);
        if (held.IsInvalid || LibC.StatisticsOf(held) is not { IsOrdinary: true } file) return null;
        identity = IdentityOf(file);
        try
        {
            // Any share: .NET would put a lock on it.
            return File.OpenHandle($"/proc/self/fd/{held.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileIdentity IdentityOf(in FileStatistics file) => new(file.Device, file.Inode, (long)Math.Min(file.Length, long.MaxValue), file.Modified);
}
