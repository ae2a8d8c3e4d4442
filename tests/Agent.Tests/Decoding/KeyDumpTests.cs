using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Decoding.JavaScript;

namespace EbpfAgent.Tests.Decoding;

public sealed class KeyDumpTests
{
    [Theory]
    [InlineData(1, 0, "255")]
    [InlineData(1, 1, "-1")]
    [InlineData(4, 0, "4294967295")]
    [InlineData(4, 1, "-1")]
    [InlineData(8, 0, "18446744073709551615")]
    [InlineData(8, 1, "-1")]
    [InlineData(1, 4, "true")]
    [InlineData(16, 0, "ffffffffffffffffffffffffffffffff")]
    public void A_key_that_is_a_number_is_called_key(uint size, uint encoding, string expected)
    {
        var layout = Scripts.Layout(b => b.Int("number", size, encoding));

        Assert.Equal([("key", expected)], KeyDump.Read(layout, [.. Enumerable.Repeat((byte)255, (int)size)]));
    }

    [Theory]
    [InlineData("bash\0junk", "\"bash\"")]
    [InlineData("12345678", "\"12345678\"")]
    [InlineData("\0", "\"\"")]
    [InlineData("a\"\\\n", "\"a\\\"\\\\\\x0a\"")]
    public void Chars_are_quoted_up_to_the_nul(string text, string expected)
    {
        var layout = Scripts.Layout(b => b.Array(b.Char(), 8));

        Assert.Equal([("key", expected)], KeyDump.Read(layout, [.. text.PadRight(8, '\0')[..8].Select(c => (byte)c)]));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_shown_all_the_same()
    {
        var layout = Scripts.Layout(b => b.Array(b.Char(), 2));

        Assert.Equal([("key", "\"\ufffd\"")], KeyDump.Read(layout, [0xff, 0]));
    }

    [Fact]
    public void An_enum_is_its_number_and_its_name_where_it_has_one()
    {
        var field = new KeyField
        {
            Name = "op",
            Path = "op",
            Offset = 0,
            Size = 8,
            Kind = KeyFieldKind.Enum,
            TypeName = "enum op",
            Enumerators = [new EnumName("READ", 0), new EnumName("ALL", -1)],
        };

        Assert.Equal([("key", "0 (READ)")], KeyDump.Read(new KeyLayout(field), new byte[8]));
        Assert.Equal([("key", "1")], KeyDump.Read(new KeyLayout(field), [1, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal([("key", "18446744073709551615 (ALL)")], KeyDump.Read(new KeyLayout(field), [.. Enumerable.Repeat((byte)255, 8)]));
        Assert.Equal([("key", "-1 (ALL)")], KeyDump.Read(new KeyLayout(field with { IsSigned = true }), [.. Enumerable.Repeat((byte)255, 8)]));
    }

    [Fact]
    public void Bitfields_are_cut_out_with_their_sign()
    {
        var layout = Scripts.Layout(b =>
        {
            var u32 = b.Int("unsigned int", 4);
            return b.BitStruct("flags", 4, ("low", u32, 0, 4), ("high", u32, 4, 12), ("sign", b.Int("int", 4, 1), 16, 5));
        });

        Assert.Equal([("low", "13"), ("high", "2748"), ("sign", "-3")], KeyDump.Read(layout, [0xcd, 0xab, 0x1d, 0]));
    }

    [Fact]
    public void Clangs_struct_of_everything_is_shown_field_by_field()
    {
        var btf = Btf.Parse(BtfFromClang.Bytes);
        var layout = KeyLayout.FromBtf(btf, btf.Types.Single(type => type.Name == "everything").Id);
        var key = new byte[layout.Size];
        key[4] = 1;
        "swapper"u8.CopyTo(key.AsSpan(8));
        key.AsSpan(32, 4).Fill(255);
        key[56] = 0x10;
        BitConverter.GetBytes(1.5).CopyTo(key, 72);
        key[94] = 9;
        key[176] = 3;

        var rows = KeyDump.Read(layout, key).ToDictionary(row => row.Path, row => row.Value);
        var paths = string.Join(' ', KeyDump.Read(layout, key).Select(row => row.Path));
        Assert.Equal("dev.major dev.minor comm mac flag tiny delta op neg low high sbits ptr text ratio v4 v6 pair[0].a pair[0].b pair[1].a pair[1].b grid names fn row wide tail", paths);
        Assert.Equal(("1", "\"swapper\"", "-1", "9"), (rows["dev.minor"], rows["comm"], rows["delta"], rows["pair[1].b"]));
        Assert.Equal(("[0, 0, 0, 0, 0, 0]", "[[0, 0, 0], [0, 0, 0]]", "[0x0, 0x0, 0x0, 0x0]"), (rows["mac"], rows["grid"], rows["names"]));
        Assert.Equal("3", rows["tail"]);
    }

    /// <summary>What a script sees under a path is what is shown for it.</summary>
    [Fact]
    public void A_script_finds_the_same_fields_under_the_same_paths()
    {
        var btf = Btf.Parse(BtfFromClang.Bytes);
        var layout = KeyLayout.FromBtf(btf, btf.Types.Single(type => type.Name == "everything").Id);
        var key = Enumerable.Range(1, layout.Size).Select(i => (byte)i).ToArray();
        string[] numbers = ["dev.major", "tiny", "delta", "low", "high", "sbits", "pair[1].b", "wide", "tail"];

        var rows = KeyDump.Read(layout, key).ToDictionary(row => row.Path, row => row.Value);
        Assert.Equal(
            string.Join(' ', numbers.Select(path => rows[path])),
            Scripts.Value($"return [[{string.Join(',', numbers.Select(path => $"key.{path}"))}].join(' ')];", layout, key));
    }

    [Fact]
    public void A_short_key_is_refused() => Assert.Equal(
        "the key has 3 bytes, and unsigned int has 4",
        Assert.Throws<DecodeException>(() => KeyDump.Read(Scripts.Number, [1, 2, 3])).Message);
}
