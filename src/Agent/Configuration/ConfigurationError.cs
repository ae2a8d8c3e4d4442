namespace EbpfAgent.Configuration;

/// <summary>One thing that is wrong with a configuration file or a manifest.</summary>
/// <param name="Position">Where it was written.</param>
/// <param name="Path">The key's path from the root, such as <c>plugins.DiskLatency.interval</c>; empty for the file as a whole.</param>
/// <param name="Problem">What is wrong, and what was expected.</param>
internal sealed record ConfigurationError(JsonPosition Position, string Path, string Problem)
{
    /// <summary><c>agent.json:12:5: plugins.DiskLatency.intervall: unknown key; ...</c>, on one line.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Position}: {Problem}" : $"{Position}: {Path}: {Problem}";
}
