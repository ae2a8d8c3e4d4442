using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>The few calls of libc that .NET has no API for.</summary>
internal static unsafe partial class LibC
{
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int ReadWrite = 1 | 2; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 2 | 0x20; // MAP_PRIVATE | MAP_ANONYMOUS
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private static readonly int IsFolder = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000; // O_DIRECTORY
    private const int HereAndNow = -100; // AT_FDCWD
    private const uint ExchangeNames = 2; // RENAME_EXCHANGE
    private const long GlobalBarrier = 1; // MEMBARRIER_CMD_GLOBAL

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    public static partial int FormatVariadic(byte* buffer, nuint size, byte* format, nint arguments);

    /// <summary>Gives freed native memory back to the system, of all threads; <paramref name="pad"/> bytes are kept. glibc's own; other C libraries have no need of it.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    public static partial int TrimMemory(nuint pad);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup3", SetLastError = true)]
    private static partial int DuplicateOver(int fd, int number, int flags);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int UnmapMemory(byte* address, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    /// <summary>The bytes read, 0 at the end, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(BpfDescriptor descriptor, byte* bytes, nuint length);

    /// <summary>The number of a network interface, of this thread's network namespace; 0 where there is none of this name.</summary>
    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint InterfaceIndex(string name);

    /// <summary>A folder; invalid with errno where it can't be opened.</summary>
    public static FolderHandle OpenFolder(string path) => new(Open(path, CloseOnExec | IsFolder));

    /// <summary>Zeroed memory of its own, whose pages cost nothing until they are written; give it back with <see cref="UnmapMemory"/>.</summary>
    public static byte* MapMemory(nuint length)
    {
        nint address = Map(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        return address != -1 ? (byte*)address : throw new InsufficientMemoryException($"can't map {length} bytes: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Another descriptor for the same file, or -1 with errno.</summary>
    public static int Duplicate(int fd) => Control(fd, DuplicateCloseOnExec, 3);

    /// <summary>Makes a number that is open stand for another file, in one step; 0, or -1 with errno.</summary>
    public static int Replace(int number, int fd)
    {
        int result;
        // EBUSY: a race with an open() that is about to be given the number, which it can't be, since the number is open.
        do result = DuplicateOver(fd, number, CloseOnExec);
        while (result < 0 && Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.Busy);
        return result < 0 ? -1 : 0;
    }

    /// <summary>Makes two paths change places, in one step; 0, or -1 with errno.</summary>
    public static int Exchange(string one, string other) => Rename(HereAndNow, one, HereAndNow, other, ExchangeNames);

    /// <summary>
    /// Waits until every BPF program that was running has ended (those that sleep excepted): the call is an RCU grace period. False where the kernel has
    /// no such call (<c>nohz_full</c>).
    /// </summary>
    public static bool WaitForRunningPrograms()
    {
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324; // membarrier
        return SystemCall(number, GlobalBarrier, 0, 0) == 0;
    }
}
