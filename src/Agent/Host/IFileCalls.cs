using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Host;

/// <summary>What the host's look-ups need to know of files, and .NET has no API for. Any thread may call it; it never throws.</summary>
internal interface IFileCalls
{
    /// <summary>Which file a path leads to, through all links; null where there is none, or it may not be known.</summary>
    FileIdentity? Identify(string path);

    /// <summary>
    /// Opens a file for reading if, and only if, it is an ordinary one: to open a pipe can wait for ever, and to open a device can do something. The caller
    /// disposes it; null where it is none, or may not be read.
    /// </summary>
    /// <param name="path">It may belong to anybody, and change at any time.</param>
    /// <param name="identity">Which file it is that was opened.</param>
    SafeFileHandle? OpenOrdinary(string path, out FileIdentity identity);
}

/// <summary>A file, and a version of its content.</summary>
/// <param name="Device">The number of its file system.</param>
/// <param name="Inode">Its number there: 64 bits, which on cgroup2 is the group's id.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Modified">When its content was written, in nanoseconds since 1970.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Length, long Modified);
