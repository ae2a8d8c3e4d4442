using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>The few calls of libc that .NET has no API for.</summary>
internal static unsafe partial class LibC
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    public static partial int FormatVariadic(byte* buffer, nuint size, byte* format, nint arguments);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int fd, int command, int argument);

    /// <summary>Another descriptor for the same file, or -1 with errno.</summary>
    public static int Duplicate(int fd) => Control(fd, DuplicateCloseOnExec, 3);
}
