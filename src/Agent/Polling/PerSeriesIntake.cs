using System.Runtime.CompilerServices;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>Takes entries whose value is a whole histogram: <c>{ u64 sum; u64 slots[N]; }</c>.</summary>
internal sealed class PerSeriesIntake(CumulativeFamily family, int keySize, int valueBytes) : IEntrySink
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        for (int i = 0; i < count; i++)
            CpuFold.Sum(values.Slice(i * valueBytes, valueBytes), family.Stage(keys.Slice(i * keySize, keySize)));
    }
}
