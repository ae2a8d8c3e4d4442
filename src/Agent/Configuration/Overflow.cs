namespace EbpfAgent.Configuration;

/// <summary>What happens to the events of label sets beyond <see cref="PluginLimits.MaxSeries"/>.</summary>
internal enum Overflow
{
    /// <summary>They are counted in one more series, whose label values are all <c>other</c>: no event is lost to the sum.</summary>
    Other,

    /// <summary>They are left out, and the keys are counted.</summary>
    Drop,
}
