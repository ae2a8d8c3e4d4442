using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary><c>uint</c>, <c>int</c>, <c>pid</c>, <c>hex</c>, <c>bool</c>: what a number is, and what is none.</summary>
public sealed class NumberDecoderTests
{
    [Theory]
    [InlineData("00", "0")]
    [InlineData("ff", "255")]
    [InlineData("ffff", "65535")]
    [InlineData("010203", "197121")]
    [InlineData("00000080", "2147483648")]
    [InlineData("0000000000 80", "140737488355328")]
    [InlineData("0100000000000020", "2305843009213693953")]
    [InlineData("ffffffffffffffff", "18446744073709551615")]
    public void Uint_takes_one_to_eight_bytes(string hex, string text) => Assert.Equal(text, Chain.First("uint", hex));

    [Theory]
    [InlineData("ff", "-1")]
    [InlineData("0080", "-32768")]
    [InlineData("ffff7f", "8388607")]
    [InlineData("ffffff", "-1")]
    [InlineData("ffffff7f", "2147483647")]
    [InlineData("0000000000000080", "-9223372036854775808")]
    public void Int_is_signed_whatever_the_field_is(string hex, string text) => Assert.Equal(text, Chain.First("int", hex, KeyFieldKind.Unsigned));

    [Theory]
    [InlineData(true, "-1")]
    [InlineData(false, "4294967295")]
    public void Pid_goes_by_the_fields_own_sign(bool isSigned, string text) => Assert.Equal(text, Chain.First("pid", "ffffffff", KeyFieldKind.Signed, isSigned));

    [Theory]
    [InlineData("uint", "")]
    [InlineData("uint", "000000000000000000")]
    [InlineData("int", "")]
    [InlineData("int", "000000000000000000")]
    [InlineData("bool", "")]
    [InlineData("pid", "00000000000000000000000000000000")]
    public void No_bytes_and_more_than_eight_are_no_number(string decoder, string hex)
    {
        string message = Assert.Throws<DecodeException>(() => Chain.First(decoder, hex)).Message;
        Assert.Equal($"{hex.Length / 2} bytes are no number; 1 to 8 are", message);
    }

    [Theory]
    [InlineData("uint", "42", "42")]
    [InlineData("uint", "0x2a", "42")]
    [InlineData("uint", "0XFFFFFFFFFFFFFFFF", "18446744073709551615")]
    [InlineData("int", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("int", "-0x10", "-16")]
    [InlineData("hex", "255", "0xff")]
    [InlineData("hex", "-1", "-0x1")]
    [InlineData("bool", "2", "true")]
    [InlineData("bool", "0x0", "false")]
    public void A_text_is_read_in_decimal_or_with_0x(string decoder, string text, string expected) => Assert.Equal(expected, Chain.Later(decoder, text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0x")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1_000")]
    [InlineData("\u0661")]
    [InlineData("18446744073709551616")]
    [InlineData("-9223372036854775809")]
    [InlineData("eth0")]
    public void A_text_that_is_no_number_is_refused(string text) =>
        Assert.Equal($"\"{text}\" is no number of 64 bits, decimal or with 0x", Assert.Throws<DecodeException>(() => Chain.Later("int", text)).Message);

    [Fact]
    public void Uint_takes_no_negative_text() => Assert.Contains("is negative", Assert.Throws<DecodeException>(() => Chain.Later("uint", "-1")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ff", 0, 4, false, "15")]
    [InlineData("f7", 3, 2, false, "2")]
    [InlineData("f7", 3, 2, true, "-2")]
    [InlineData("c5ab", 4, 12, false, "2748")]
    [InlineData("80ffffffffffffff7f", 7, 64, false, "18446744073709551615")]
    [InlineData("80ffffffffffffff7f", 7, 64, true, "-1")]
    [InlineData("01", 0, 1, true, "-1")]
    public void A_bitfield_is_its_bits(string hex, int offset, int size, bool isSigned, string text)
    {
        KeyField field = Chain.Field(KeyFieldKind.Unsigned, hex.Length / 2, isSigned, offset, size);
        Assert.Equal(text, Chain.First(new("pid"), Chain.Bytes(hex), field));
    }

    [Theory]
    [InlineData("efbeadde", nameof(KeyFieldKind.Unsigned), "0xdeadbeef")]
    [InlineData("ffffffff", nameof(KeyFieldKind.Signed), "0xffffffff")]
    [InlineData("0000ffffff81ffff", nameof(KeyFieldKind.Pointer), "0xffff81ffffff0000")]
    [InlineData("deadbeef", nameof(KeyFieldKind.Array), "deadbeef")]
    [InlineData("00ff", null, "00ff")]
    [InlineData("", null, "")]
    public void Hex_writes_numbers_as_numbers_and_bytes_in_their_order(string hex, string? kind, string text) =>
        Assert.Equal(text, Chain.First("hex", hex, kind is null ? null : Enum.Parse<KeyFieldKind>(kind)));

    [Theory]
    [InlineData("00", "false")]
    [InlineData("01", "true")]
    [InlineData("80", "true")]
    [InlineData("00000000", "false")]
    [InlineData("0000000000000080", "true")]
    public void Bool_is_false_for_0_only(string hex, string text) => Assert.Equal(text, Chain.First("bool", hex));
}
