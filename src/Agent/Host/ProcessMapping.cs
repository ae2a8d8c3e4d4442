using System.Text;

namespace EbpfAgent.Host;

/// <summary>A part of a process's memory that holds code with a name. For any thread.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address after its last.</param>
/// <param name="Offset">Where it begins in its file, in bytes.</param>
/// <param name="Path">Its file, as the process sees it; or the kernel's name for what is no file, <c>[vdso]</c>.</param>
/// <param name="IsDeleted">The file has no name any more: what has that path now is another.</param>
internal sealed record ProcessMapping(ulong Start, ulong End, ulong Offset, string Path, bool IsDeleted)
{
    // Boxed, so that no thread sees half of it.
    private object? _file;

    /// <summary>Which file it is, once it was opened: so it is still known when the process has ended.</summary>
    public FileIdentity? File
    {
        get => (FileIdentity?)_file;
        set => _file = value;
    }

    public bool IsFile => Path.StartsWith('/');

    public string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Reads a line of <c>/proc/PID/maps</c>: <c>7f01-7f02 r-xp 00028000 fe:00 1234      /usr/lib/libc.so.6 (deleted)</c>.</summary>
    /// <returns>Null where it is no code, or has no name, as what a just-in-time compiler has written.</returns>
    public static ProcessMapping? Parse(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> start = Fields.Cut(ref line, (byte)'-'), end = Fields.Cut(ref line, (byte)' '), rights = Fields.Cut(ref line, (byte)' ');
        ReadOnlySpan<byte> offset = Fields.Cut(ref line, (byte)' ');
        if (rights.Length < 3 || rights[2] != 'x') return null;
        if (!Fields.TryHex(start, out ulong first) || !Fields.TryHex(end, out ulong last) || !Fields.TryHex(offset, out ulong place)) return null;
        // The device and the inode.
        Fields.Cut(ref line, (byte)' ');
        Fields.Cut(ref line, (byte)' ');
        return NameOf(line.TrimStart((byte)' '), out bool isDeleted) is { } path ? new ProcessMapping(first, last, place, path, isDeleted) : null;
    }

    private static string? NameOf(ReadOnlySpan<byte> text, out bool isDeleted)
    {
        ReadOnlySpan<byte> mark = " (deleted)"u8;
        isDeleted = text.EndsWith(mark);
        if (isDeleted) text = text[..^mark.Length];
        bool isNamed = text.StartsWith("/"u8) || text.SequenceEqual("[vdso]"u8) || text.SequenceEqual("[vsyscall]"u8);
        // The kernel writes a newline in a name so, and nothing else.
        return isNamed ? Encoding.UTF8.GetString(text).Replace("\\012", "\n", StringComparison.Ordinal) : null;
    }
}
