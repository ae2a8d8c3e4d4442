using System.Runtime.CompilerServices;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>Takes entries of which one number is the metric: a counter or a gauge.</summary>
/// <param name="family">What it becomes.</param>
/// <param name="keySize">Bytes of a key.</param>
/// <param name="number">Where in a CPU's value the number is, and what becomes of the CPUs'.</param>
/// <param name="valueBytes">Bytes of an entry's values, of all CPUs.</param>
internal sealed class NumberIntake(MetricFamily family, int keySize, NumberFold number, int valueBytes) : IEntrySink
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            // A counter's words are a sum, which it has none of, and the count; a gauge has one word.
            Span<ulong> words = family.Stage(keys.Slice(i * keySize, keySize));
            words[^1] = number.Fold(values.Slice(i * valueBytes, valueBytes));
        }
    }
}
