using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EbpfAgent.Folding;

/// <summary>One value out of the possible CPUs': the sum, word by word, modulo 2^64.</summary>
internal static class CpuFold
{
    /// <summary>Writes the sum over the CPUs into <paramref name="sum"/>.</summary>
    /// <param name="values">The CPUs' values back to back, each of <c>sum.Length</c> words, which is its stride.</param>
    /// <param name="sum">Receives the sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(ReadOnlySpan<byte> values, Span<ulong> sum)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(values);
        if (sum.IsEmpty || words.Length % sum.Length != 0) throw new ArgumentException($"{words.Length} words are no whole number of values of {sum.Length} words");
        ref ulong from = ref MemoryMarshal.GetReference(words);
        ref ulong to = ref MemoryMarshal.GetReference(sum);
        // A column of all CPUs at a time stays in a register; the sum is written once. Measured at 2 CPUs: half the time of adding value to value.
        nuint word = 0;
        for (; (int)word <= sum.Length - Vector<ulong>.Count; word += (nuint)Vector<ulong>.Count)
        {
            Vector<ulong> column = Vector.LoadUnsafe(ref from, word);
            for (nuint at = word + (nuint)sum.Length; (int)at < words.Length; at += (nuint)sum.Length) column += Vector.LoadUnsafe(ref from, at);
            column.StoreUnsafe(ref to, word);
        }

        for (; (int)word < sum.Length; word++)
        {
            ulong column = 0;
            for (nuint at = word; (int)at < words.Length; at += (nuint)sum.Length) column += Unsafe.Add(ref from, at);
            Unsafe.Add(ref to, word) = column;
        }
    }
}
