using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>The few calls of libc that .NET has no API for.</summary>
internal static unsafe partial class LibC
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int ReadWrite = 1 | 2; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 2 | 0x20; // MAP_PRIVATE | MAP_ANONYMOUS

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    public static partial int FormatVariadic(byte* buffer, nuint size, byte* format, nint arguments);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int UnmapMemory(byte* address, nuint length);

    /// <summary>Zeroed memory of its own, whose pages cost nothing until they are written; give it back with <see cref="UnmapMemory"/>.</summary>
    public static byte* MapMemory(nuint length)
    {
        nint address = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        return address != -1 ? (byte*)address : throw new InsufficientMemoryException($"can't map {length} bytes: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Another descriptor for the same file, or -1 with errno.</summary>
    public static int Duplicate(int fd) => Control(fd, DuplicateCloseOnExec, 3);
}
