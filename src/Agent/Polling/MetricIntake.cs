using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>A family, and what takes a map's entries into it.</summary>
internal sealed record MetricIntake(MetricFamily Family, IEntrySink Sink);
