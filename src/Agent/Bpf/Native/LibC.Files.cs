using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Bpf.Native;

/// <summary>What .NET doesn't say of files: their numbers, and what they are before they are opened.</summary>
internal static unsafe partial class LibC
{
    private const int PathOnly = 0x200000; // O_PATH
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoAutomount = 0x800; // AT_NO_AUTOMOUNT
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statistics(int folder, string path, int flags, uint mask, FileStatistics* result);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    /// <summary>What statx(2) says of what a path leads to, through all links; null where it says nothing.</summary>
    public static FileStatistics? StatisticsOf(string path)
    {
        FileStatistics statistics;
        return Statistics(HereAndNow, path, NoAutomount, BasicStatistics, &statistics) == 0 ? statistics : null;
    }

    /// <summary>Takes hold of what a path leads to without opening it, so that it can be looked at first; an invalid handle with errno where it can't.</summary>
    public static SafeFileHandle Hold(string path) => new(Open(path, PathOnly | CloseOnExec), ownsHandle: true);

    /// <summary>What is held, or open; null where that can't be known.</summary>
    public static FileStatistics? StatisticsOf(SafeFileHandle file)
    {
        FileStatistics statistics;
        return Statistics((int)file.DangerousGetHandle(), "", EmptyPath, BasicStatistics, &statistics) == 0 ? statistics : null;
    }
}

/// <summary><c>struct statx</c>, the same on every architecture: 256 bytes, of which these are used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatistics
{
    private const ushort TypeMask = 0xf000; // S_IFMT
    private const ushort Ordinary = 0x8000; // S_IFREG

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    public readonly ulong Inode;

    [FieldOffset(40)]
    public readonly ulong Length;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly uint _deviceMajor;

    [FieldOffset(140)]
    private readonly uint _deviceMinor;

    /// <summary>Neither a folder nor a device, a pipe or a socket.</summary>
    public bool IsOrdinary => (_mode & TypeMask) == Ordinary;

    /// <summary>The number of its file system.</summary>
    public ulong Device => ((ulong)_deviceMajor << 32) | _deviceMinor;

    /// <summary>When its content was written, in nanoseconds since 1970.</summary>
    public long Modified => unchecked((_modifiedSeconds * 1_000_000_000) + _modifiedNanoseconds);
}
