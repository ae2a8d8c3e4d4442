namespace EbpfAgent.Configuration;

/// <summary>
/// What the configuration says of one plugin, with the agent's defaults filled in. Immutable. Compares by value, so that a reload can tell
/// whether anything changed for the plugin: scripts by what they say, names without regard to case.
/// </summary>
internal sealed record PluginConfiguration
{
    /// <summary>The plugin's name as the configuration spells it; names compare without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>False for a plugin that is found but must not be loaded.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When this plugin's maps are polled.</summary>
    public required PollInterval Interval { get; init; }

    /// <summary>True for a plugin whose programs and maps stay in the kernel, pinned, when the agent ends.</summary>
    public bool Survive { get; init; }

    /// <summary>This plugin's limits, each from the plugin's own section, else the agent's, else the default.</summary>
    public required PluginLimits Limits { get; init; }

    /// <summary>
    /// For a map's name (with regard to case, as the kernel compares it) the absolute path of the JavaScript module that replaces the
    /// map's decoder. Whether the file exists is not checked here.
    /// </summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();

    public bool Equals(PluginConfiguration? other) =>
        other is not null
        && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase)
        && (Enabled, Interval, Survive, Limits) == (other.Enabled, other.Interval, other.Survive, other.Limits)
        && Scripts.Count == other.Scripts.Count
        && Scripts.All(s => other.Scripts.TryGetValue(s.Key, out string? path) && path == s.Value);

    // Of the scripts only their number: their order says nothing.
    public override int GetHashCode() =>
        HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name), Enabled, Interval, Survive, Limits, Scripts.Count);
}
