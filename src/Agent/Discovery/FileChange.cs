namespace EbpfAgent.Discovery;

/// <summary>What has become of a file.</summary>
/// <param name="Path">The file, as it was named.</param>
/// <param name="Content">All of its bytes; null where it is gone.</param>
internal sealed record FileChange(string Path, byte[]? Content);
