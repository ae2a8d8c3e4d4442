using System.Runtime.InteropServices;

namespace EbpfAgent.Abstractions;

/// <summary>
/// A histogram, from a map that <c>HISTOGRAM(...)</c> of <c>ebpf_agent/histogram.bpf.h</c> declared. Its buckets are read from the
/// object itself. A per-CPU hash of the older form <c>{ u32 bucket; key } -> u64</c> is understood as well.
/// </summary>
/// <typeparam name="TKey">The struct that mirrors the map's key.</typeparam>
/// <remarks>Minimum kernel: 5.6, for batched reads of a per-CPU hash; before it, keys are read one by one.</remarks>
public sealed class HistogramMetric<TKey> : Metric
    where TKey : unmanaged, IHistogramKey
{
    /// <inheritdoc/>
    public override Type KeyType => typeof(TKey);

    /// <inheritdoc/>
    public override IReadOnlyList<string> LabelNames => TKey.LabelNames;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? DecodeKey(ReadOnlySpan<byte> key, IHostLookup host) => MemoryMarshal.Read<TKey>(key).GetLabelValues(host);
}
