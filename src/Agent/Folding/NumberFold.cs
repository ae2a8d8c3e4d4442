using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EbpfAgent.Folding;

/// <summary>What becomes of the possible CPUs' numbers.</summary>
internal enum CpuRule
{
    /// <summary>Their sum; of integers modulo 2^64, so that what one CPU adds and another takes away comes out right.</summary>
    Sum,
    Max,
    Min,

    /// <summary>That of the last CPU whose number is not 0.</summary>
    Last,
}

/// <summary>One number out of the possible CPUs' values: which bytes of a value it is, and how the CPUs' are folded. Pure; allocates nothing.</summary>
/// <param name="Offset">The number's first byte in a value.</param>
/// <param name="Size">Its width in bytes: 1, 2, 4 or 8.</param>
/// <param name="Kind">What the bytes are; a float has 4 or 8.</param>
/// <param name="Stride">The distance between two CPUs' values.</param>
/// <param name="Rule">How the CPUs' are folded.</param>
internal sealed record NumberFold(int Offset, int Size, NumberKind Kind, int Stride, CpuRule Rule)
{
    /// <summary>The number: an integer's 64 bits, or those of a double.</summary>
    /// <param name="values">The CPUs' values, a stride apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Fold(ReadOnlySpan<byte> values)
    {
        if (Size == sizeof(ulong) && Rule == CpuRule.Sum && Kind != NumberKind.Float) return SumOfWords(values);
        ulong folded = Read(values[Offset..]);
        for (int at = Stride; at + Stride <= values.Length; at += Stride) folded = Combine(folded, Read(values[(at + Offset)..]));
        return folded;
    }

    // What nearly all counters are.
    private ulong SumOfWords(ReadOnlySpan<byte> values)
    {
        ulong sum = BinaryPrimitives.ReadUInt64LittleEndian(values[Offset..]);
        for (int at = Stride; at + Stride <= values.Length; at += Stride) sum += BinaryPrimitives.ReadUInt64LittleEndian(values[(at + Offset)..]);
        return sum;
    }

    private ulong Combine(ulong one, ulong other) => Rule switch
    {
        CpuRule.Sum => Add(one, other),
        CpuRule.Max => IsBelow(one, other) ? other : one,
        CpuRule.Min => IsBelow(other, one) ? other : one,
        _ => other != 0 ? other : one,
    };

    private ulong Add(ulong one, ulong other) => Kind == NumberKind.Float
        ? BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(one) + BitConverter.UInt64BitsToDouble(other))
        : one + other;

    private bool IsBelow(ulong one, ulong other) => Kind switch
    {
        NumberKind.Unsigned => one < other,
        NumberKind.Signed => (long)one < (long)other,
        _ => BitConverter.UInt64BitsToDouble(one) < BitConverter.UInt64BitsToDouble(other),
    };

    private ulong Read(ReadOnlySpan<byte> bytes) => (Size, Kind) switch
    {
        (4, NumberKind.Float) => BitConverter.DoubleToUInt64Bits(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        (1, NumberKind.Signed) => (ulong)(sbyte)bytes[0],
        (2, NumberKind.Signed) => (ulong)BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (4, NumberKind.Signed) => (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (1, _) => bytes[0],
        (2, _) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (4, _) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };
}
