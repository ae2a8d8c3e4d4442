using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Tests.Bpf.Loading;

/// <summary>The bytes of a setting, and what is said of one that doesn't fit.</summary>
public sealed class ConstantValueTests
{
    private static readonly BtfBuilder Builder = new();
    private static readonly int U8 = Builder.Int("__u8", 1), S8 = Builder.Int("signed char", 1, 1), U32 = Builder.Int("__u32", 4), S32 = Builder.Int("int", 4, 1);
    private static readonly int U64 = Builder.Int("__u64", 8), S64 = Builder.Int("long", 8, 1), U128 = Builder.Int("__u128", 16), Flag = Builder.Int("_Bool", 1, 4);
    private static readonly int Single = Builder.Float("float", 4), Double = Builder.Float("double", 8), Quadruple = Builder.Float("long double", 16);
    private static readonly int Level = Builder.Enum("level", 4, true, ("LOW", -1), ("HIGH", 7)), Text = Builder.Array(Builder.Char(), 4), Numbers = Builder.Array(U32, 4);
    private static readonly int Address = Builder.Pointer(0), Alias = Builder.Typedef("port_t", Builder.Const(Builder.Volatile(U32)));
    private static readonly Btf Types = Btf.Parse(Builder.Build());

    public static TheoryData<int, object, string> Fitting => new()
    {
        { Flag, true, "01" },
        { Flag, false, "00" },
        { U8, 255, "ff" },
        { U8, (byte)7, "07" },
        { S8, -128, "80" },
        { U32, 4294967295L, "ffffffff" },
        { U32, 3.0, "03000000" },
        { Alias, 1u, "01000000" },
        { S32, int.MinValue, "00000080" },
        { U64, ulong.MaxValue, "ffffffffffffffff" },
        { U64, 0.0, "0000000000000000" },
        { S64, long.MinValue, "0000000000000080" },
        { Single, 1.5, "0000c03f" },
        { Double, 1, "000000000000f03f" },
        { Level, "LOW", "ffffffff" },
        { Level, 7, "07000000" },
        { Text, "", "00000000" },
        { Text, "abc", "61626300" },
        { Text, "é", "c3a90000" },
        { Address, 0xffffffff81000000, "00000081ffffffff" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public void A_value_that_fits_becomes_the_variables_bytes(int type, object value, string bytes)
    {
        byte[] encoded = ConstantValue.Encode(Types, type, value, out string? obstacle);
        Assert.Null(obstacle);
        Assert.Equal(bytes, Convert.ToHexStringLower(encoded));
    }

    public static TheoryData<int, object, string> Unfitting => new()
    {
        { Flag, 1, "takes true or false, not 1" },
        { U8, 256, "takes 0 to 255, not 256" },
        { U8, -1, "takes 0 to 255, not -1" },
        { S8, 128, "takes -128 to 127, not 128" },
        { U32, 4294967296L, "takes 0 to 4294967295, not 4294967296" },
        { U32, 0.5, "takes a whole number, not 0.5" },
        { U32, double.NaN, "takes a whole number, not NaN" },
        { U64, 1e19, "takes a whole number, not 1E+19" },
        { U32, "7", "takes a whole number, not '7'" },
        { U32, true, "takes a whole number, not True" },
        { U64, -1L, "takes 0 to 18446744073709551615, not -1" },
        { S64, ulong.MaxValue, "takes -9223372036854775808 to 9223372036854775807, not 18446744073709551615" },
        { Double, "1", "takes a number, not '1'" },
        { Quadruple, 1.0, "is a float of 16 bytes, which can't be set" },
        { Level, "MIDDLE", "has no 'MIDDLE'; it has: LOW, HIGH" },
        { Level, 1L << 40, "takes -2147483648 to 2147483647, not 1099511627776" },
        { Text, "abcd", "takes up to 3 bytes, and 'abcd' has 4" },
        { Text, "a\0b", "takes a string without NUL" },
        { Text, 5, "takes a string, not 5" },
        { Numbers, 5, "is of a type that can't be set; bools, integers, enums, floats and char arrays can" },
        { Address, "x", "is a pointer, which can't be set" },
    };

    [Theory]
    [MemberData(nameof(Unfitting))]
    public void A_value_that_does_not_fit_is_refused_with_what_would(int type, object value, string reason)
    {
        Assert.Empty(ConstantValue.Encode(Types, type, value, out string? obstacle));
        Assert.Equal(reason, obstacle);
    }

    [Fact]
    public void A_number_of_sixteen_bytes_is_filled_whole() => Assert.Equal("ff000000000000000000000000000000", Convert.ToHexStringLower(ConstantValue.Encode(Types, U128, 255, out _)));
}
