namespace EbpfAgent.Discovery;

/// <summary>What a plugin consists of, byte for byte. Equal contents: loading it again would make no difference.</summary>
internal sealed class PluginContent : IEquatable<PluginContent>
{
    private readonly SortedDictionary<string, string> _files;

    private PluginContent(PluginCandidate candidate, SortedDictionary<string, string> files, DateTimeOffset readAt, string? hash)
    {
        Candidate = candidate;
        _files = files;
        ReadAt = readAt;
        Hash = hash;
    }

    public PluginCandidate Candidate { get; }

    /// <summary>A hash over the names of its files and their bytes, in hexadecimal; null for what can't be read.</summary>
    public string? Hash { get; }

    private DateTimeOffset ReadAt { get; }

    /// <summary>A plugin of which is known that it can't be read.</summary>
    public static PluginContent Unreadable(PluginCandidate candidate) => new(candidate, [], default, hash: null);

    /// <summary>Reads the files that a stamp names.</summary>
    /// <param name="stamp">The plugin. Its files may have changed meanwhile: only another stamp tells.</param>
    /// <param name="now">The host's clock.</param>
    /// <exception cref="IOException">A file can't be read, or has gone.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static PluginContent Read(PluginStamp stamp, DateTimeOffset now)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long left = ContentHash.MostBytes;
        foreach (FileStamp file in stamp.Files)
        {
            // An extra file's hash must not depend on what lies beside it: With() takes it alone.
            long alone = ContentHash.MostBytes;
            files[file.Name] = Path.IsPathRooted(file.Name) ? ContentHash.Of(file, ref alone) : ContentHash.Of(file, ref left);
        }

        return new PluginContent(stamp.Candidate, files, now, ContentHash.Of(files));
    }

    /// <summary>
    /// The same plugin with other extra files. Those that are new are taken as they are now, since they are what the plugin was loaded from; unless they
    /// were written after this content was read, for then the loading may have read what was there before.
    /// </summary>
    /// <param name="extra">Absolute paths.</param>
    public PluginContent With(IReadOnlyList<string> extra)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string hash) in _files)
        {
            if (!Path.IsPathRooted(name) || extra.Contains(name)) files.Add(name, hash);
        }

        foreach (string path in extra)
        {
            if (!files.ContainsKey(path) && TryHash(path) is { } hash) files.Add(path, hash);
        }

        return new PluginContent(Candidate, files, ReadAt, ContentHash.Of(files));
    }

    public bool Equals(PluginContent? other) => other is not null && Hash == other.Hash && Candidate == other.Candidate;

    public override bool Equals(object? obj) => Equals(obj as PluginContent);

    public override int GetHashCode() => HashCode.Combine(Candidate, Hash);

    // What can't be read now is left out: once it can be, that is a change.
    private string? TryHash(string path)
    {
        try
        {
            long left = ContentHash.MostBytes;
            return FileStamp.Of(path) is { } file && file.Modified < ReadAt.UtcDateTime ? ContentHash.Of(file, ref left) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
