using System.Runtime.InteropServices;

namespace EbpfAgent.Abstractions;

/// <summary>
/// A gauge: a number as it is at the poll, from a map whose value is an integer (signed or not) or a floating-point number, or a struct of which
/// <see cref="Metric.ValueField"/> names one. Keys with equal labels are summed; a key that is deleted takes its series along.
/// </summary>
/// <typeparam name="TKey">The struct that mirrors the map's key.</typeparam>
/// <remarks>Hash, LRU hash, array, and their per-CPU kinds. Minimum kernel: 5.6 for batched reads; before it, keys are read one by one.</remarks>
public sealed class GaugeMetric<TKey> : Metric
    where TKey : unmanaged, IHistogramKey
{
    /// <inheritdoc/>
    public override Type KeyType => typeof(TKey);

    /// <inheritdoc/>
    public override IReadOnlyList<string> LabelNames => TKey.LabelNames;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? DecodeKey(ReadOnlySpan<byte> key, IHostLookup host) => MemoryMarshal.Read<TKey>(key).GetLabelValues(host);
}
