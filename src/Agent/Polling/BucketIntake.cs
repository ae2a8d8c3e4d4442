using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>
/// Takes entries of a map with an entry for each bucket, wherever in the key the bucket stands. To the family the key is the same for all of a series' buckets: the bucket's bytes are zeros.
/// </summary>
/// <param name="family">What it becomes.</param>
/// <param name="keySize">Bytes of a key.</param>
/// <param name="buckets">Where the bucket is, and which slot its number means.</param>
/// <param name="number">The count in the value.</param>
/// <param name="valueBytes">Bytes of an entry's values, of all CPUs.</param>
internal sealed class BucketIntake(MetricFamily family, int keySize, BucketNumbers buckets, NumberFold number, int valueBytes) : IEntrySink
{
    private readonly byte[] _key = new byte[keySize];

    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            keys.Slice(i * keySize, keySize).CopyTo(_key);
            // What stands under no bucket of the scheme is nobody's count.
            if (buckets.TakeWord(_key) is not { } word) continue;
            family.Stage(_key)[word] = number.Fold(values.Slice(i * valueBytes, valueBytes));
        }
    }
}
