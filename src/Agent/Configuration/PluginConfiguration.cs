namespace EbpfAgent.Configuration;

/// <summary>What the configuration says of one plugin, with the agent's defaults filled in. Immutable.</summary>
internal sealed record PluginConfiguration
{
    /// <summary>The plugin's name as the configuration spells it; names compare without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>False for a plugin that is found but must not be loaded.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>When this plugin's maps are polled.</summary>
    public required PollInterval Interval { get; init; }

    /// <summary>This plugin's limits, each from the plugin's own section, else the agent's, else the default.</summary>
    public required PluginLimits Limits { get; init; }

    /// <summary>
    /// For a map's name (with regard to case, as the kernel compares it) the absolute path of the JavaScript module that replaces the
    /// map's decoder. Whether the file exists is not checked here.
    /// </summary>
    public IReadOnlyDictionary<string, string> Scripts { get; init; } = new Dictionary<string, string>();
}
