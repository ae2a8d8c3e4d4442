namespace EbpfAgent.Survival;

/// <summary>What a plugin's dead or stopped agent has left of its metrics: bytes that mean something to who wrote them. Immutable.</summary>
internal sealed class SurvivalRecord
{
    private readonly byte[] _image;
    private readonly Dictionary<string, (int Offset, int Length)> _metrics;

    /// <param name="identity">What it is of.</param>
    /// <param name="image">The whole file; kept.</param>
    /// <param name="metrics">Where each metric's bytes are in it.</param>
    public SurvivalRecord(SurvivalIdentity identity, byte[] image, Dictionary<string, (int Offset, int Length)> metrics) =>
        (Identity, _image, _metrics) = (identity, image, metrics);

    public SurvivalIdentity Identity { get; }

    /// <summary>The names of the metrics.</summary>
    public IReadOnlyCollection<string> Metrics => _metrics.Keys;

    /// <summary>A metric's bytes, or null where it has none.</summary>
    public Stream? Open(string metric) =>
        _metrics.TryGetValue(metric, out var place) ? new MemoryStream(_image, place.Offset, place.Length, writable: false) : null;
}

/// <summary>One metric's part of a record that is to be written.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Write">Writes its bytes. Called once, on the thread that writes the record.</param>
internal readonly record struct MetricTotals(string Metric, Action<Stream> Write);
