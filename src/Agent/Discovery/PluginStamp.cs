namespace EbpfAgent.Discovery;

/// <summary>What a plugin consists of, by names, lengths and times. Equal stamps: in all likelihood nothing was written.</summary>
/// <param name="candidate">The plugin, as the scan found it.</param>
/// <param name="root">Where its folder or DLL really lies.</param>
/// <param name="files">Its files, in the ordinal order of their names.</param>
/// <param name="lastWrite">The youngest mtime among its files and folders, in UTC. No part of the comparison, since a log that is written beside the plugin moves a folder's.</param>
/// <param name="limit">Why not all of its files are in here; null where all are.</param>
internal sealed class PluginStamp(PluginCandidate candidate, string root, IReadOnlyList<FileStamp> files, DateTime lastWrite, string? limit) : IEquatable<PluginStamp>
{
    public PluginCandidate Candidate => candidate;

    public string Root => root;

    public IReadOnlyList<FileStamp> Files => files;

    public DateTime LastWrite => lastWrite;

    public string? Limit => limit;

    public bool Equals(PluginStamp? other) =>
        other is not null && Candidate == other.Candidate && Root == other.Root && Limit == other.Limit && Files.SequenceEqual(other.Files);

    public override bool Equals(object? obj) => Equals(obj as PluginStamp);

    public override int GetHashCode() => HashCode.Combine(Candidate, Root, Files.Count);
}
