namespace EbpfAgent.Bpf.Native;

/// <summary>The funnel into the kernel, through libbpf.</summary>
internal sealed unsafe class MapCalls : IMapCalls
{
    public int LookupBatch(BpfMapHandle map, ReadOnlySpan<byte> cursor, Span<byte> next, Span<byte> keys, Span<byte> values, ref uint count)
    {
        // An empty span pins as null, which is the kernel's "from the start".
        fixed (byte* from = cursor, to = next, k = keys, v = values)
            return LibBpf.MapLookupBatch(map, from, to, k, v, ref count, null);
    }

    public int NextKey(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> next)
    {
        fixed (byte* from = key, to = next)
            return LibBpf.MapNextKey(map, from, to);
    }

    public int Lookup(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        fixed (byte* k = key, v = value)
            return LibBpf.MapLookup(map, k, v);
    }
}
