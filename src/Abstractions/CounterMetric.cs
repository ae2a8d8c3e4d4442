using System.Runtime.InteropServices;

namespace EbpfAgent.Abstractions;

/// <summary>
/// A counter: a number that only goes up, from a map whose value is an unsigned integer of 1, 2, 4 or 8 bytes, or a struct of which <see cref="Metric.ValueField"/> names one.
/// An entry that is deleted and made anew begins at 0 in the kernel; the counter goes on.
/// </summary>
/// <typeparam name="TKey">The struct that mirrors the map's key.</typeparam>
/// <remarks>Hash, LRU hash, array, and their per-CPU kinds. Minimum kernel: 5.6 for batched reads; before it, keys are read one by one.</remarks>
public sealed class CounterMetric<TKey> : Metric
    where TKey : unmanaged, IHistogramKey
{
    /// <inheritdoc/>
    public override Type KeyType => typeof(TKey);

    /// <inheritdoc/>
    public override IReadOnlyList<string> LabelNames => TKey.LabelNames;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? DecodeKey(ReadOnlySpan<byte> key, IHostLookup host) => MemoryMarshal.Read<TKey>(key).GetLabelValues(host);
}
