using System.Buffers.Binary;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Polling;

/// <summary>
/// A map as the kernel would read it, behind the funnel: hash buckets of entries, a cursor that names a bucket, keys that vanish
/// while they are walked.
/// </summary>
internal sealed class FakeMapCalls : IMapCalls
{
    /// <summary>The hash buckets, each with its entries.</summary>
    public List<List<(byte[] Key, byte[] Value)>> Buckets { get; } = [];

    /// <summary>What LookupBatch answers instead, if not 0.</summary>
    public int BatchResult { get; set; }

    /// <summary>What Lookup answers instead, if not 0.</summary>
    public int LookupResult { get; set; }

    /// <summary>Called before each NextKey, to change the map under the reader.</summary>
    public Action<int>? BeforeNextKey { get; set; }

    /// <summary>Called after each value that was given, to change the map under the reader.</summary>
    public Action? AfterLookup { get; set; }

    /// <summary>The key after which a walk is led to <see cref="NextIs"/>.</summary>
    public byte[]? AfterKey { get; set; }

    public byte[] NextIs { get; set; } = [];

    public int BatchCalls { get; private set; }

    public int NextKeyCalls { get; private set; }

    public void Add(byte[] key, byte[] value, int bucket = -1)
    {
        while (Buckets.Count <= bucket || (bucket < 0 && Buckets.Count == 0)) Buckets.Add([]);
        Buckets[bucket < 0 ? 0 : bucket].Add((key, value));
    }

    public void Delete(byte[] key) => Buckets.ForEach(bucket => bucket.RemoveAll(entry => entry.Key.AsSpan().SequenceEqual(key)));

    public int LookupBatch(BpfMapHandle map, ReadOnlySpan<byte> cursor, Span<byte> next, Span<byte> keys, Span<byte> values, ref uint count)
    {
        BatchCalls++;
        if (BatchResult != 0) return BatchResult;
        int room = (int)count;
        int bucket = cursor.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(cursor);
        int read = 0;
        count = 0;
        for (; bucket < Buckets.Count; bucket++)
        {
            if (Buckets[bucket].Count > room - read)
            {
                // As the kernel does: a bucket is given whole or not at all.
                if (read == 0) return -Errno.NoSpace;
                BinaryPrimitives.WriteInt32LittleEndian(next, bucket);
                count = (uint)read;
                return 0;
            }

            foreach ((byte[] key, byte[] value) in Buckets[bucket])
            {
                key.CopyTo(keys[(read * key.Length)..]);
                value.CopyTo(values[(read * value.Length)..]);
                read++;
            }
        }

        count = (uint)read;
        return -Errno.NoEntry;
    }

    public int NextKey(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> next)
    {
        BeforeNextKey?.Invoke(NextKeyCalls++);
        if (AfterKey is not null && key.SequenceEqual(AfterKey))
        {
            NextIs.CopyTo(next);
            return 0;
        }

        List<byte[]> all = [.. Buckets.SelectMany(static bucket => bucket).Select(static entry => entry.Key)];
        int at = -1;
        for (int i = 0; i < all.Count; i++)
        {
            if (key.SequenceEqual(all[i])) at = i;
        }

        // A key that is gone makes the kernel start over.
        if (at + 1 >= all.Count) return -Errno.NoEntry;
        all[at + 1].CopyTo(next);
        return 0;
    }

    public int Lookup(BpfMapHandle map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        if (LookupResult != 0) return LookupResult;
        foreach ((byte[] candidate, byte[] bytes) in Buckets.SelectMany(static bucket => bucket))
        {
            if (!key.SequenceEqual(candidate)) continue;
            bytes.CopyTo(value);
            AfterLookup?.Invoke();
            return 0;
        }

        return -Errno.NoEntry;
    }
}
