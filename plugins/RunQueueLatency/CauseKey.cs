using EbpfAgent.Abstractions;

namespace EbpfAgent.Plugins.RunQueueLatency;

/// <summary>Mirrors <c>struct cause_key</c>.</summary>
public readonly struct CauseKey : IHistogramKey
{
    public readonly uint Cause;

    public static IReadOnlyList<string> LabelNames => ["cause"];

    public IReadOnlyList<string>? GetLabelValues(IHostLookup host) => Cause switch
    {
        0 => ["wakeup"],
        1 => ["preempted"],
        // A cause that this build does not know: no series rather than one under a wrong name.
        _ => null,
    };
}
