namespace EbpfAgent.Abstractions;

/// <summary>What becomes of a per-CPU map's values: one for each possible CPU. Of a map that is not per-CPU there is one value, and all but <see cref="Label"/> leave it as it is.</summary>
public enum CpuFolding
{
    /// <summary>Their sum, modulo 2^64: the default, and the only one but <see cref="Label"/> for histograms and counters.</summary>
    Sum,

    /// <summary>A series for each CPU, told apart by the label <c>cpu</c>, which comes after the key's own labels. A CPU whose value is 0 has none.</summary>
    Label,

    /// <summary>The greatest; for gauges.</summary>
    Max,

    /// <summary>The smallest; for gauges. A CPU that never wrote counts as 0.</summary>
    Min,

    /// <summary>That of the last possible CPU whose value is not 0, and 0 if there is none; for gauges that one CPU at a time writes.</summary>
    Last,
}
