namespace EbpfAgent.Configuration;

/// <summary>What one plugin may use before the agent stops it. Immutable; the initial values are the documented defaults.</summary>
internal sealed record PluginLimits
{
    /// <summary>The most series of one metric; <see cref="Overflow"/> says what becomes of further label sets.</summary>
    public int MaxSeries { get; init; } = 10_000;

    /// <summary>What becomes of label sets beyond <see cref="MaxSeries"/>.</summary>
    public Overflow Overflow { get; init; } = Overflow.Other;

    /// <summary>How long a series stays that no key in the map belongs to any more; null for ever.</summary>
    public TimeSpan? ExpireGone { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a series stays that counts nothing new, though its key is in the map; null for ever.</summary>
    public TimeSpan? ExpireUnchanged { get; init; }

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
