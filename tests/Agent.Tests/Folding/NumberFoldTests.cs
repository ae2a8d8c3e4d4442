using System.Buffers.Binary;
using CsCheck;
using EbpfAgent.Folding;

namespace EbpfAgent.Tests.Folding;

public sealed class NumberFoldTests
{
    [Theory]
    [InlineData(1, nameof(NumberKind.Unsigned), "ff", 255)]
    [InlineData(1, nameof(NumberKind.Signed), "ff", -1)]
    [InlineData(2, nameof(NumberKind.Unsigned), "ffff", 65535)]
    [InlineData(2, nameof(NumberKind.Signed), "0080", -32768)]
    [InlineData(4, nameof(NumberKind.Unsigned), "ffffffff", 4294967295)]
    [InlineData(4, nameof(NumberKind.Signed), "ffffffff", -1)]
    [InlineData(8, nameof(NumberKind.Signed), "ffffffffffffffff", -1)]
    [InlineData(8, nameof(NumberKind.Signed), "0000000000000080", long.MinValue)]
    public void An_integer_of_any_width_and_sign_is_read_whole(int size, string kind, string bytes, long expected)
    {
        byte[] value = [.. Convert.FromHexString(bytes), .. new byte[8 - size]];
        Assert.Equal((ulong)expected, new NumberFold(0, size, Enum.Parse<NumberKind>(kind), 8, CpuRule.Sum).Fold(value));
    }

    [Fact]
    public void The_largest_unsigned_number_is_kept() =>
        Assert.Equal(ulong.MaxValue, new NumberFold(0, 8, NumberKind.Unsigned, 8, CpuRule.Sum).Fold(Values(ulong.MaxValue, 0)));

    [Fact]
    public void What_one_CPU_adds_and_another_takes_away_comes_out_right() =>
        Assert.Equal(2UL, new NumberFold(0, 8, NumberKind.Unsigned, 8, CpuRule.Sum).Fold(Values(5, unchecked((ulong)-3L))));

    [Theory]
    [InlineData(nameof(CpuRule.Max), nameof(NumberKind.Unsigned), ulong.MaxValue)]
    [InlineData(nameof(CpuRule.Max), nameof(NumberKind.Signed), 7UL)]
    [InlineData(nameof(CpuRule.Min), nameof(NumberKind.Unsigned), 0UL)]
    [InlineData(nameof(CpuRule.Min), nameof(NumberKind.Signed), ulong.MaxValue)]
    [InlineData(nameof(CpuRule.Last), nameof(NumberKind.Unsigned), 3UL)]
    public void The_rule_says_which_CPUs_number_is_taken(string rule, string kind, ulong expected) =>
        Assert.Equal(expected, new NumberFold(0, 8, Enum.Parse<NumberKind>(kind), 8, Enum.Parse<CpuRule>(rule)).Fold(Values(7, ulong.MaxValue, 3, 0)));

    [Fact]
    public void Floats_are_added_as_such()
    {
        byte[] values = new byte[16];
        BinaryPrimitives.WriteSingleLittleEndian(values, 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(8), -0.25f);
        ulong bits = new NumberFold(0, 4, NumberKind.Float, 8, CpuRule.Sum).Fold(values);
        Assert.Equal(1.25, BitConverter.UInt64BitsToDouble(bits));
    }

    [Fact]
    public void A_field_is_read_at_its_place_in_every_CPUs_value() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[0, 3], Gen.ULong.Array[32]).Sample(static (cpus, field, words) =>
        {
            ulong expected = 0;
            for (int cpu = 0; cpu < cpus; cpu++) expected += words[(cpu * 4) + field];
            Assert.Equal(expected, new NumberFold(field * 8, 8, NumberKind.Unsigned, 32, CpuRule.Sum).Fold(Values(words[..(cpus * 4)])));
        });

    private static byte[] Values(params ulong[] words)
    {
        byte[] bytes = new byte[words.Length * 8];
        for (int i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), words[i]);
        return bytes;
    }
}
