using System.Runtime.InteropServices;
using CsCheck;
using EbpfAgent.Folding;

namespace EbpfAgent.Tests.Folding;

public sealed class CpuFoldTests
{
    [Fact]
    public void The_fold_is_the_sum_of_each_word_over_the_cpus_modulo_2_to_the_64() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 9]).SelectMany(static (words, cpus) => Gen.ULong.Array[words * cpus].Select(values => (words, values)))
            .Sample(static sample =>
            {
                ulong[] sum = new ulong[sample.words];
                CpuFold.Sum(MemoryMarshal.AsBytes<ulong>(sample.values), sum);
                for (int word = 0; word < sample.words; word++)
                {
                    ulong expected = 0;
                    for (int at = word; at < sample.values.Length; at += sample.words) expected = unchecked(expected + sample.values[at]);
                    if (sum[word] != expected) return false;
                }

                return true;
            });

    [Fact]
    public void The_largest_values_wrap_around()
    {
        ulong[] sum = new ulong[1];
        CpuFold.Sum(MemoryMarshal.AsBytes<ulong>([ulong.MaxValue, 2UL]), sum);
        Assert.Equal([1UL], sum);
    }
}
