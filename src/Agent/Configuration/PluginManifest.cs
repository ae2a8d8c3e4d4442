namespace EbpfAgent.Configuration;

/// <summary>
/// A script plugin's <c>plugin.json</c>, checked. Immutable. Made by <see cref="PluginManifestLoader"/>. That the files it names
/// exist is not checked here: a plugin that is still being copied is retried, a manifest that is wrong is not.
/// </summary>
internal sealed record PluginManifest
{
    /// <summary>The manifest's absolute path.</summary>
    public required string File { get; init; }

    /// <summary>The absolute path of the folder that holds the manifest.</summary>
    public required string Folder { get; init; }

    /// <summary>The absolute path of the BPF object: inside <see cref="Folder"/> by its name; symbolic links are not looked at.</summary>
    public required string ObjectPath { get; init; }

    /// <summary>The metrics, at least one; no two share a map or a name.</summary>
    public required IReadOnlyList<ManifestMetric> Metrics { get; init; }
}
