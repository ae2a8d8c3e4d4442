namespace EbpfAgent.Configuration;

/// <summary>One metric of a script plugin, as its manifest declares it. Immutable.</summary>
internal sealed record ManifestMetric
{
    /// <summary>The map's name in the BPF object.</summary>
    public required string Map { get; init; }

    /// <summary>The metric's name without the agent's prefix; a legal Prometheus metric name, once per manifest.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence that says what is counted.</summary>
    public required string Help { get; init; }

    /// <summary>The absolute path of the JavaScript module that decodes the map's keys, inside the plugin's folder.</summary>
    public required string ScriptPath { get; init; }

    /// <summary>The factor from the map's values to the exposed base unit, above 0; null takes what the object says.</summary>
    public double? Scale { get; init; }

    /// <summary>The most series of this metric; null takes the agent's configuration.</summary>
    public int? MaxSeries { get; init; }

    /// <summary>Where the metric is declared, for messages about what only the object or the script can tell.</summary>
    public required JsonPosition Position { get; init; }
}
