using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Metrics;

/// <summary>The kernel as it was before batches (5.6): maps have to be walked key by key.</summary>
internal sealed class KeyByKey : IMapCalls
{
    private readonly MapCalls _kernel = new();

    public int LookupBatch(BpfMapHandle map, ReadOnlySpan<byte> cursor, Span<byte> next, Span<byte> keys, Span<byte> values, ref uint count) => -Errno.Invalid;

    public int NextKey(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> next) => _kernel.NextKey(map, key, next);

    public int Lookup(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> value) => _kernel.Lookup(map, key, value);
}
