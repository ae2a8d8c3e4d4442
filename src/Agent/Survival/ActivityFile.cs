using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace EbpfAgent.Survival;

/// <summary>
/// The file of <see cref="ActivityRecord"/>s, mapped: what is written to it is a plain write to memory, and is there for the next process
/// however this one ends. The caller sees to it that no other process has it.
/// </summary>
/// <remarks>
/// It is never unmapped, since a poll that hangs may mark its end at any time. It is never truncated either, and all of its pages are
/// written before it is mapped: a write to a page that the file system can't back would end the process by SIGBUS.
/// </remarks>
internal sealed unsafe class ActivityFile
{
    /// <summary>How many versions of plugins it holds: 320 KiB.</summary>
    public const int Capacity = 1024;

    private const ulong Magic = 0x3154_4341_4650_4245; // "EBPFACT1"
    private const int HeadBytes = 64;
    private const int Size = HeadBytes + Capacity * ActivityRecord.Bytes;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte* _start;
    private volatile bool _stopped;

    private ActivityFile(byte* start) => _start = start;

    /// <summary>What a file begins with. A change to it or to the record is a new version.</summary>
    [StructLayout(LayoutKind.Sequential, Size = HeadBytes)]
    private struct Head
    {
        public ulong Magic;
        public uint RecordBytes;
        public uint Records;
        public Guid Boot;
        public uint Stopped;
    }

    /// <summary>Set before a stop that was asked for: from then on nothing is marked, and what is marked means nothing.</summary>
    public bool IsStopped
    {
        get => _stopped;
        set
        {
            _stopped = value;
            Volatile.Write(ref ((Head*)_start)->Stopped, value ? 1u : 0);
        }
    }

    /// <summary>Whether the process that had it before has stopped as it was told to.</summary>
    public bool WasStopped => ((Head*)_start)->Stopped != 0;

    public Span<ActivityRecord> Records => new(_start + HeadBytes, Capacity);

    /// <summary>A record's address, good for the life of the process.</summary>
    public ActivityRecord* At(int index) => (ActivityRecord*)(_start + HeadBytes) + index;

    /// <summary>Maps a file, or says why it isn't one of this agent's and this boot's.</summary>
    /// <returns>Null for a file that isn't there; then there is no reason either.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ActivityFile? TryMap(string path, Guid boot, out string? reason)
    {
        reason = null;
        if (!File.Exists(path)) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        if (file.Length != Size)
        {
            reason = $"it has {file.Length} bytes, and {Size} are right";
            return null;
        }

        var mapped = new ActivityFile(Map(file));
        var head = (Head*)mapped._start;
        if (head->Magic != Magic || head->RecordBytes != ActivityRecord.Bytes || head->Records != Capacity) reason = "it is not of this version";
        else if (head->Boot == boot && !AllSane(mapped.Records)) reason = "it is damaged";
        // What a power cut left says nothing of the plugins.
        return reason is null && head->Boot == boot ? mapped : null;
    }

    /// <summary>Makes an empty file in place of whatever is there, and maps it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="temporary">Where it is written first: the one in its place may still be mapped.</param>
    /// <param name="boot">The boot id.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static ActivityFile Create(string path, string temporary, Guid boot)
    {
        byte[] image = new byte[Size];
        var head = new Head { Magic = Magic, RecordBytes = ActivityRecord.Bytes, Records = Capacity, Boot = boot };
        MemoryMarshal.Write(image, in head);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, BufferSize = 0, UnixCreateMode = Private };
        using var file = new FileStream(temporary, options);
        file.Write(image);
        File.Move(temporary, path, overwrite: true);
        return new ActivityFile(Map(file));
    }

    private static byte* Map(FileStream file)
    {
        using var mapping = MemoryMappedFile.CreateFromFile(file, null, Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, Size);
        byte* start = null;
        // Never released, which is what keeps it mapped.
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return start;
    }

    private static bool AllSane(Span<ActivityRecord> records)
    {
        foreach (ref readonly ActivityRecord record in records)
        {
            if (!record.IsSane) return false;
        }

        return true;
    }
}
