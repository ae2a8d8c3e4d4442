using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>What it takes to be woken by the kernel's buffers, and to read them where they lie.</summary>
internal static unsafe partial class LibC
{
    private const int ReadOnly = 1; // PROT_READ
    private const int SharedMapping = 1; // MAP_SHARED
    private const ulong PerfCloseOnExec = 8; // PERF_FLAG_FD_CLOEXEC
    private const int EventCloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int EveryProcess = -1;
    private const int NoGroup = -1;

    /// <summary>0, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(EpollHandle epoll, int operation, BpfDescriptor descriptor, byte* change);

    /// <summary>How many there are, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(EpollHandle epoll, byte* events, int room, int milliseconds);

    /// <summary>How many bytes were read, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SampleBufferHandle descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapShared(nint address, nuint length, int protection, int flags, BpfDescriptor descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long PerfEventOpen(long number, void* attributes, long process, long cpu, long group, ulong flags);

    /// <summary>Maps what a descriptor offers, for as long as the result is open; invalid with errno where it can't.</summary>
    public static MappedMemory MapShared(BpfDescriptor descriptor, nuint length, nint offset, bool isWritten) =>
        new(MapShared(0, length, isWritten ? ReadWrite : ReadOnly, SharedMapping, descriptor, offset), length);

    /// <summary>A set of descriptors to wait for; invalid with errno where it can't be made.</summary>
    public static EpollHandle OpenEpoll() => new(EpollCreate(EventCloseOnExec));

    /// <summary>A descriptor that is ready from the start and for ever; invalid with errno where it can't be made.</summary>
    public static EventHandle OpenReadyEvent() => new(EventDescriptor(1, EventCloseOnExec));

    /// <summary>The event of one CPU, of all processes, that these attributes say; invalid with errno where there is none.</summary>
    public static SampleBufferHandle OpenSampleBuffer(void* attributes, int cpu)
    {
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 241 : 298; // perf_event_open
        return new SampleBufferHandle((int)PerfEventOpen(number, attributes, EveryProcess, cpu, NoGroup, PerfCloseOnExec));
    }
}
