namespace EbpfAgent.Configuration;

/// <summary>What a metric is to Prometheus.</summary>
internal enum MetricKind
{
    Histogram,
    Counter,
    Gauge,
}
