using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Tests.Bpf;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptKeyTests
{
    [Theory]
    [InlineData(1, 0, "255")]
    [InlineData(1, 1, "-1")]
    [InlineData(2, 0, "65535")]
    [InlineData(2, 1, "-1")]
    [InlineData(4, 0, "4294967295")]
    [InlineData(4, 1, "-1")]
    public void Integers_of_32_bits_are_numbers(uint size, uint encoding, string expected)
    {
        var layout = Scripts.Layout(b => b.Int("int", size, encoding));

        Assert.Equal($"number {expected}", Scripts.Value("return [typeof key + ' ' + key];", layout, [255, 255, 255, 255]));
    }

    [Theory]
    [InlineData(0, "18446744073709551615")]
    [InlineData(1, "-1")]
    public void Wider_ones_are_exact_bigints(uint encoding, string expected)
    {
        var layout = Scripts.Layout(b => b.Int("long", 8, encoding));

        Assert.Equal($"bigint {expected}", Scripts.Value("return [typeof key + ' ' + key];", layout, [255, 255, 255, 255, 255, 255, 255, 255]));
        Assert.Equal("9007199254740993", Scripts.Value("return [key];", layout, [1, 0, 0, 0, 0, 0, 0x20, 0]));
    }

    [Fact]
    public void Structs_are_objects_with_the_kernels_names()
    {
        var layout = Scripts.Layout(b =>
        {
            var u32 = b.Int("unsigned int", 4);
            var disk = b.Struct("disk", 8, ("major", u32, 0), ("minor", u32, 32));
            return b.Struct("key", 12, ("sub_key", disk, 0), ("flag", b.Int("_Bool", 1, 4), 64));
        });

        Assert.Equal(
            "8:1 true sub_key,flag",
            Scripts.Value("return [`${key.sub_key.major}:${key.sub_key.minor} ${key.flag} ${Object.keys(key)}`];", layout, [8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]));
    }

    [Theory]
    [InlineData("bash\0junk", "bash")]
    [InlineData("12345678", "12345678")]
    [InlineData("\0", "")]
    public void Chars_are_text_up_to_the_nul(string comm, string expected)
    {
        var layout = Scripts.Layout(b => b.Array(b.Char(), 8));

        Assert.Equal(expected, Scripts.Value("return [key];", layout, [.. comm.PadRight(8, '\0')[..8].Select(c => (byte)c)]));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_replaced()
    {
        var layout = Scripts.Layout(b => b.Array(b.Char(), 4));

        Assert.Equal("a\ufffdb", Scripts.Value("return [key];", layout, [(byte)'a', 0xff, (byte)'b', 0]));
    }

    [Fact]
    public void Arrays_are_arrays()
    {
        var layout = Scripts.Layout(b => b.Array(b.Array(b.Int("short", 2), 2), 2));

        Assert.Equal("true 1,2,3,4 3", Scripts.Value("return [`${Array.isArray(key)} ${key} ${key[1][0]}`];", layout, [1, 0, 2, 0, 3, 0, 4, 0]));
    }

    [Fact]
    public void Bitfields_are_cut_out_with_their_sign()
    {
        var layout = Scripts.Layout(b =>
        {
            var u32 = b.Int("unsigned int", 4);
            var s32 = b.Int("int", 4, 1);
            return b.BitStruct("flags", 4, ("low", u32, 0, 4), ("high", u32, 4, 12), ("sign", s32, 16, 5));
        });

        // low = 0xd, high = 0xabc, sign = -3
        Assert.Equal("13 2748 -3", Scripts.Value("return [`${key.low} ${key.high} ${key.sign}`];", layout, [0xcd, 0xab, 0x1d, 0]));
    }

    [Fact]
    public void A_packed_bitfield_of_64_bits_over_nine_bytes_is_exact()
    {
        var layout = Scripts.Layout(b => b.BitStruct("flags", 9, ("wide", b.Int("long", 8), 4, 64)));

        Assert.Equal("18446744073709551615", Scripts.Value("return [key.wide];", layout, [0xf0, 255, 255, 255, 255, 255, 255, 255, 0x0f]));
    }

    [Fact]
    public void Members_of_anonymous_unions_are_the_structs_own()
    {
        var layout = Scripts.Layout(b =>
        {
            var u8 = b.Int("unsigned char", 1);
            var union = b.Union("", 4, ("v4", b.Int("unsigned int", 4), 0), ("bytes", b.Array(u8, 4), 0));
            return b.Struct("key", 8, ("family", b.Int("unsigned int", 4), 0), ("", union, 32));
        });

        Assert.Equal("2 16777343 127.0.0.1", Scripts.Value("return [`${key.family} ${key.v4} ${key.bytes.join('.')}`];", layout, [2, 0, 0, 0, 127, 0, 0, 1]));
    }

    [Fact]
    public void Clangs_struct_of_everything_is_read()
    {
        var btf = Btf.Parse(BtfFromClang.Bytes);
        var layout = KeyLayout.FromBtf(btf, btf.Types.Single(type => type.Name == "everything").Id);
        var key = new byte[layout.Size];
        key[4] = 1;
        "swapper"u8.CopyTo(key.AsSpan(8));
        key[36] = 7;
        key.AsSpan(40, 4).Fill(255);
        BitConverter.GetBytes(1.5).CopyTo(key, 64);
        key[94] = 9;
        key[176] = 3;

        Assert.Equal(
            "1 swapper 7 -1 1.5 9 3 bigint undefined",
            Scripts.Value("return [`${key.dev.minor} ${key.comm} ${key.op} ${key.neg} ${key.ratio} ${key.pair[1].b} ${key.tail} ${typeof key.ptr} ${typeof key.nope}`];", layout, key));
    }

    [Fact]
    public void Each_call_has_a_key_of_its_own()
    {
        var layout = Scripts.Layout(b => b.Struct("key", 4, ("id", b.Int("int", 4), 0)));
        using var decoder = Scripts.Load(
            "let last; export const labels = ['v']; export function decode(key) { const same = key === last; last = key; key.id += 1; key.seen = 1; return [`${same} ${key.id}`]; }",
            layout);

        Assert.Equal(["false 2"], decoder.Decode([1, 0, 0, 0]));
        Assert.Equal(["false 2"], decoder.Decode([1, 0, 0, 0]));
    }

    [Fact]
    public void Reading_a_key_costs_little()
    {
        var layout = Scripts.Layout(b =>
        {
            var u32 = b.Int("unsigned int", 4);
            return b.Struct("key", 12, ("major", u32, 0), ("minor", u32, 32), ("op", u32, 64));
        });
        using var decoder = Scripts.Load("export const labels = ['a', 'b', 'c']; export const decode = (key) => [key.major, key.minor, key.op === 1 ? 'write' : 'read'];", layout);
        byte[] key = [8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
        for (var i = 0; i < 100; i++)
            decoder.Decode(key);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            decoder.Decode(key);

        // Measured: about 600 bytes; ten times as much would be a plan that is rebuilt on each call.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 3000);
    }
}
