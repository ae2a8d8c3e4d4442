namespace EbpfAgent.Discovery;

/// <summary>What has become of a plugin.</summary>
/// <param name="Name">The plugin.</param>
/// <param name="Candidate">What is to be loaded, or why it can't be (see <see cref="PluginCandidate.Problem"/>); null where the plugin is gone.</param>
/// <param name="ContentHash">A hash over the names and bytes of its files; null where it is gone, or was never readable.</param>
internal sealed record PluginChange(string Name, PluginCandidate? Candidate, string? ContentHash);
