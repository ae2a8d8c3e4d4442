namespace EbpfAgent.Configuration;

/// <summary>What one plugin may use before the agent stops it. Immutable; the initial values are the documented defaults.</summary>
internal sealed record PluginLimits
{
    /// <summary>The most series of one metric; further label sets are dropped and counted.</summary>
    public int MaxSeries { get; init; } = 10_000;

    /// <summary>The longest label value in bytes of UTF-8; longer ones are cut at a character.</summary>
    public int MaxLabelLength { get; init; } = 256;

    /// <summary>The longest time that one call of a script's <c>decode</c> may take.</summary>
    public TimeSpan ScriptTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The most memory that one call of a script may allocate, in bytes.</summary>
    public long ScriptMemory { get; init; } = 16L << 20;

    /// <summary>The most statements that one call of a script may run.</summary>
    public int ScriptStatements { get; init; } = 100_000;

    /// <summary>The longest time from the first byte read to all programs attached.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
