namespace EbpfAgent.Bpf.Native;

/// <summary>
/// The funnel through which every map is read: three system calls. Tests put a fake behind it, so that what a kernel does
/// once a year (a full hash bucket, a key deleted under the cursor) is a unit test.
/// </summary>
/// <remarks>Every result is 0 or a negative errno. Implementations allocate nothing and are safe for use by many threads.</remarks>
internal interface IMapCalls
{
    /// <summary>
    /// Reads up to <paramref name="count"/> entries after <paramref name="cursor"/> (empty: from the start).
    /// -ENOENT: the map is at its end, <i>and <paramref name="count"/> entries are valid</i>. -ENOSPC: one hash bucket holds more than
    /// fits. Minimum kernel: 5.6.
    /// </summary>
    int LookupBatch(BpfMapHandle map, ReadOnlySpan<byte> cursor, Span<byte> next, Span<byte> keys, Span<byte> values, ref uint count);

    /// <summary>The key after <paramref name="key"/> (empty: the first). After a key that is gone, the kernel gives the first one again.</summary>
    int NextKey(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> next);

    /// <summary>One entry's value; for a per-CPU map the values of all possible CPUs, each rounded up to 8 bytes.</summary>
    int Lookup(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> value);
}
