namespace EbpfAgent.Discovery;

/// <summary>Knows when a single file has another content than before: the agent's configuration. It looks as <see cref="PluginWatch"/> does.</summary>
/// <remarks>
/// <see cref="Scan"/> is for one thread at a time; <see cref="Rescan"/> for any. What the file held when the watch was made is the beginning, so make it
/// before the file is read for the first time: what is written between the two is then a change.
/// </remarks>
internal sealed class FileWatch
{
    // A configuration of more is a mistake, and would be read again and again.
    private const long MostBytes = 16 << 20;

    private readonly string _path;
    private readonly ChangeTracker<FileLook, FileContent> _tracker;
    private readonly ProblemLog _problems;
    private volatile bool _isForced;
    private string? _trouble;

    /// <param name="path">The file, an absolute path; it need not be there.</param>
    /// <param name="time">The clock; only its monotonic timestamps are used.</param>
    public FileWatch(string path, TimeProvider time)
    {
        _path = path;
        _tracker = new(time);
        _problems = new(time);
        _ = TryLook(isForced: true);
    }

    /// <summary>What the last scan found wrong and none before it, once until it is resolved.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>Makes the next scan read the file and take it as it is, without a quiet period. It still reports only what differs.</summary>
    public void Rescan() => _isForced = true;

    /// <summary>Looks once.</summary>
    /// <returns>The change, with a content that was at rest; null where there is none, or not yet.</returns>
    public FileChange? Scan()
    {
        bool isForced = _isForced;
        _isForced = false;
        FileChange? change = TryLook(isForced);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_trouble is not null) problems["unreadable"] = _trouble;
        if (_tracker.IsRestless(_path))
            problems["restless"] = $"{_path} has been changing for {ChangeTracker.Patience.TotalSeconds} s without a pause of {ChangeTracker.QuietPeriod.TotalSeconds} s; it is taken up once nothing is written to it for so long";
        Problems = _problems.Take(problems, isForced);
        return change;
    }

    private FileChange? TryLook(bool isForced)
    {
        try
        {
            return Look(isForced);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _tracker.Observe(_path, Sight.Unreadable, stamp: null, atOnce: false);
            _trouble = $"{_path} can't be read: {e.Message}; what was read from it before stays in force";
            return null;
        }
    }

    private FileChange? Look(bool isForced)
    {
        FileStamp? stamp = FileStamp.Of(_path);
        if (stamp is not { } file)
        {
            _trouble = null;
            return _tracker.Observe(_path, Sight.Absent, stamp: null, isForced) == Step.Gone ? new FileChange(_path, Content: null) : null;
        }

        if (_tracker.Observe(_path, Sight.Present, new FileLook(file), isForced) != Step.Read) return null;
        if (file.Length > MostBytes) throw new IOException($"It has {file.Length} bytes, and {MostBytes} is the most.");
        try
        {
            byte[] bytes = file.Length == 0 ? [] : ReadAll(file);
            if (FileStamp.Of(_path) == stamp)
            {
                _trouble = null;
                return _tracker.Accept(_path, new FileContent(ContentHash.Of(bytes))) ? new FileChange(_path, bytes) : null;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Replaced or removed while it was read.
        }

        _tracker.Defer(_path);
        return null;
    }

    private static byte[] ReadAll(FileStamp file)
    {
        using var handle = File.OpenHandle(file.Path, share: FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        int length = 0;
        for (int read; length < bytes.Length && (read = RandomAccess.Read(handle, bytes.AsSpan(length), length)) > 0;) length += read;
        return bytes[..length];
    }

    private sealed record FileLook(FileStamp Stamp);

    private sealed record FileContent(string Hash);
}
