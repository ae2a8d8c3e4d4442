using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Says why keys of a plugin got no series. At most once a minute: a script that fails on every key would otherwise write a line a poll, and how many
/// there are is in the metrics. Keys that a decoder leaves out by intention are not mentioned.
/// </summary>
/// <remarks>Belongs to the plugin's polling.</remarks>
internal sealed partial class DropLog(string plugin, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long[] _said = [];
    private long? _saidAt;

    public void Say(IReadOnlyList<MetricFamily> families)
    {
        if (_saidAt is { } at && time.GetElapsedTime(at) < Pause) return;
        if (_said.Length != families.Count) _said = new long[families.Count];
        for (int i = 0; i < families.Count; i++)
        {
            long dropped = Count(families[i].Drops);
            if (dropped == _said[i]) continue;
            LogDropped(logger, plugin, dropped - _said[i], families[i].Description.Name, families[i].Drops.LastMessage);
            _said[i] = dropped;
            _saidAt = time.GetTimestamp();
        }
    }

    private static long Count(DropCounts drops) => drops[DropReason.DecodeFailed] + drops[DropReason.SeriesLimit];

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin}: {Count} keys got no series; the last one of {Metric}: {Reason}")]
    private static partial void LogDropped(ILogger logger, string plugin, long count, string metric, string? reason);
}
