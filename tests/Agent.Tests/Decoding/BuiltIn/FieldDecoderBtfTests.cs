using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Labels that nobody declared: out of the key's BTF alone.</summary>
public sealed class FieldDecoderBtfTests
{
    private static readonly Btf Clang = Btf.Parse(BtfFromClang.Bytes);

    private static KeyLayout Everything => KeyLayout.FromBtf(Clang, Clang.Types.Single(static type => type.Name == "everything").Id);

    [Fact]
    public void Every_kind_of_field_that_clang_knows_becomes_a_label()
    {
        KeyLayout layout = Everything;
        byte[] key = new byte[layout.Size];
        "\u0008\0\0\0\u0001\0\0\0abc"u8.CopyTo(key);
        Chain.Bytes("525400123456 02 ff").CopyTo(key, 24);
        Chain.Bytes("feffffff 07000000 ffffffff").CopyTo(key, 32);
        Chain.Bytes("c5ab f3").CopyTo(key, 44);
        Chain.Bytes("00f0ff81ffffffff").CopyTo(key, 48);
        Chain.Bytes("000000000000f03f 7f000001").CopyTo(key, 64);
        Chain.Bytes("0100 0200 0300 ffff").CopyTo(key, 88);
        Chain.Bytes("01000000 feffffff 03000000 04000000").CopyTo(key, 96);
        Chain.Bytes("ffffffffffffffff ff").CopyTo(key, 168);
        FieldDecoder decoder = FieldDecoder.Create(null, layout, key.Length, null, new FakeMachine());
        Assert.Equal(
            [
                "dev_major=8", "dev_minor=1", "comm=abc", "mac=525400123456", "flag=true", "tiny=-1", "delta=-2", "op=WRITE", "neg=MINUS", "low=5", "high=2748", "sbits=-13",
                "ptr=0xffffffff81fff000", "text=0x0", "ratio=1", "v4=16777343", "pair=1:2,3:65535", "grid=1,-2,3;4,0,0", "names=0x0,0x0,0x0,0x0", "fn=0x0", "row=0x0",
                "wide=18446744073709551615", "tail=255",
            ],
            decoder.LabelNames.Zip(decoder.Decode(key)!, static (name, value) => $"{name}={value}"));
        Assert.False(decoder.MayGoStale);
    }

    [Theory]
    [InlineData("00000000", 0x7f800000, "+Inf")]
    [InlineData("00000000", 0xff800000, "-Inf")]
    [InlineData("00000000", 0x7fc00000, "NaN")]
    [InlineData("00000000", 0x3dcccccd, "0.1")]
    [InlineData("00000000", 0x00000000, "0")]
    [InlineData("00000000", 0xff7fffff, "-3.4028235E+38")]
    public void Floats_are_written_in_full(string _, uint bits, string text) =>
        Assert.Equal([text], Decode(static b => b.Struct("key", 4, ("ratio", b.Float("float", 4), 0)), BitConverter.GetBytes(bits)));

    [Theory]
    [InlineData("05000000", "5")]
    [InlineData("ffffffff", "MINUS")]
    public void An_enum_without_a_name_is_its_number(string hex, string text) =>
        Assert.Equal([text], Decode(static b => b.Struct("key", 4, ("op", b.Enum("neg", 4, true, ("MINUS", -1)), 0)), Chain.Bytes(hex)));

    [Fact]
    public void An_enum_of_64_bits_is_exact() => Assert.Equal(
        ["TOP"], Decode(static b => b.Struct("key", 8, ("op", b.Enum64("wide", false, ("LOW", 1), ("TOP", -2)), 0)), Chain.Bytes("feffffffffffffff")));

    [Theory]
    [InlineData("6162630000", "abc")]
    [InlineData("6162636465", "abcde")]
    [InlineData("61ff000000", "a\ufffd")]
    [InlineData("0000000000", "")]
    public void Chars_are_text(string hex, string text) => Assert.Equal([text], Decode(static b => b.Array(b.Char(), 5), Chain.Bytes(hex)));

    [Fact]
    public void A_key_of_one_value_is_the_label_key_or_what_its_type_says()
    {
        Assert.Equal("key=7", Label(static b => b.Int("unsigned int", 4), "07000000"));
        Assert.Equal("errno=ENOENT", Label(static b => b.Typedef("agent_errno_t", b.Typedef("__s32", b.Int("int", 4, 1))), "feffffff"));
        Assert.Equal("dev=sda", Label(static b => b.Typedef("agent_dev_t", b.Int("unsigned int", 4)), "00008000"));
        Assert.Equal("kstack=tcp_sendmsg", Label(static b => b.Array(b.Typedef("agent_kstack_t", b.Int("u64", 8)), 2), "00100081ffffffff 0000000000000000"));
    }

    [Fact]
    public void Of_a_union_the_first_member_is_taken_with_all_that_is_in_it()
    {
        (string[] names, string[] values) = Labels(
            static b =>
            {
                int pair = b.Struct("", 4, ("a", b.Int("u16", 2), 0), ("b", b.Int("u16", 2), 16));
                return b.Struct("key", 12, ("both", b.Union("", 4, ("pair", pair, 0), ("all", b.Int("u32", 4), 0)), 0), ("", b.Union("", 4, ("v4", b.Int("u32", 4), 0), ("v6", pair, 0)), 32), ("none", b.Union("", 0), 64), ("end", b.Int("u32", 4), 64));
            },
            Chain.Bytes("0100 0200 09000000 03000000"));
        Assert.Equal(["both_pair_a", "both_pair_b", "v4", "end"], names);
        Assert.Equal(["1", "2", "9", "3"], values);
    }

    [Fact]
    public void Names_are_made_legal()
    {
        (string[] names, _) = Labels(
            static b =>
            {
                int u8 = b.Int("u8", 1);
                return b.Struct("key", 8, ("le", u8, 0), ("__hidden", u8, 8), ("na\u00efve", u8, 16), ("3d", u8, 24), ("_own", u8, 32), ("in", b.Struct("", 1, ("le", u8, 0)), 40), ("a-b", u8, 48), ("__", u8, 56));
            },
            new byte[8]);
        Assert.Equal(["key_le", "key_hidden", "na_ve", "_3d", "_own", "in_le", "a_b", "key_"], names);
    }

    [Fact]
    public void Fillers_are_no_labels()
    {
        (string[] names, _) = Labels(
            static b =>
            {
                int u8 = b.Int("u8", 1);
                return b.Struct("key", 8, ("pad", u8, 0), ("_pad", u8, 8), ("__pad1", u8, 16), ("padding", u8, 24), ("reserved_2", u8, 32), ("unused", u8, 40), ("paddle", u8, 48), ("spad", u8, 56));
            },
            new byte[8]);
        Assert.Equal(["paddle", "spad"], names);
    }

    [Fact]
    public void A_key_of_padding_only_has_no_labels()
    {
        Assert.Empty(Labels(static b => b.Struct("key", 4), new byte[4]).Names);
        Assert.Empty(Labels(static b => b.Struct("key", 4, ("pad", b.Int("u32", 4), 0)), new byte[4]).Values);
    }

    [Fact]
    public void Two_fields_of_one_name_are_refused() => Assert.Equal(
        "The key struct key: the fields 'a_b' and 'a.b' would both be the label 'a_b': name the labels.",
        Refusal(static b => b.Struct("key", 2, ("a_b", b.Int("u8", 1), 0), ("a", b.Struct("", 1, ("b", b.Int("u8", 1), 0)), 8)), 2));

    [Fact]
    public void Too_many_fields_are_refused_and_as_many_as_fit_are_not()
    {
        Assert.Equal(64, Labels(static b => Wide(b, 64), new byte[64]).Names.Length);
        Assert.Equal("The key struct key: it has more than 64 fields: name those that are to be labels.", Refusal(static b => Wide(b, 65), 65));
    }

    [Fact]
    public void The_field_of_the_bucket_is_no_label()
    {
        KeyLayout layout = Layout(static b => b.Struct("key", 8, ("bucket", b.Int("u32", 4), 0), ("dev", b.Int("u32", 4), 32)));
        Assert.Equal(["dev"], FieldDecoder.Create(null, layout, 8, "bucket", new FakeMachine()).LabelNames);
    }

    [Fact]
    public void A_key_without_BTF_needs_labels() =>
        Assert.Equal("The key: no BTF describes it, so its labels have to be given.", Assert.Throws<PluginException>(() => FieldDecoder.Create(null, null, 8, null, new FakeMachine())).Message);

    [Fact]
    public void A_key_that_is_too_short_is_refused_and_a_longer_one_is_not()
    {
        FieldDecoder decoder = FieldDecoder.Create(null, Layout(static b => b.Int("u32", 4)), 4, null, new FakeMachine());
        Assert.Equal("The key has 3 bytes, its type 4.", Assert.Throws<DecodeException>(() => decoder.Decode(new byte[3])).Message);
        Assert.Equal(["0"], decoder.Decode(new byte[8]));
    }

    [Fact]
    public void Names_beyond_the_kernels_own_limit_are_refused()
    {
        Assert.Equal([new string('n', 512)], Labels(static b => b.Struct("key", 1, (new string('n', 512), b.Int("u8", 1), 0)), [1]).Names);
        Assert.Equal(
            "BTF: a member of struct key has a name of 513 characters; 512 are the most.",
            Assert.Throws<BtfException>(() => Layout(static b => b.Struct("key", 1, (new string('n', 513), b.Int("u8", 1), 0)))).Message);
    }

    [Fact]
    public void A_long_array_is_cut_before_it_is_long()
    {
        string name = new('n', 50_000);
        string value = Decode(b => b.Array(b.Enum("op", 1, false, (name, 0)), 4096), new byte[4096]).Single();
        Assert.Equal((128 * 513) - 1, value.Length);
        Assert.StartsWith(name[..512] + ",", value, StringComparison.Ordinal);
    }

    private static int Wide(BtfBuilder b, int fields)
    {
        int u8 = b.Int("u8", 1);
        return b.Struct("key", (uint)fields, [.. Enumerable.Range(0, fields).Select(i => ($"f{i}", u8, (uint)i * 8))]);
    }

    private static KeyLayout Layout(Func<BtfBuilder, int> build)
    {
        var b = new BtfBuilder();
        int id = build(b);
        return KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
    }

    private static string[] Decode(Func<BtfBuilder, int> build, byte[] key) => Labels(build, key).Values;

    private static (string[] Names, string[] Values) Labels(Func<BtfBuilder, int> build, byte[] key)
    {
        FieldDecoder decoder = FieldDecoder.Create(null, Layout(build), key.Length, null, new FakeMachine());
        return ([.. decoder.LabelNames], [.. decoder.Decode(key)!]);
    }

    private static string Label(Func<BtfBuilder, int> build, string hex)
    {
        (string[] names, string[] values) = Labels(build, Chain.Bytes(hex));
        return $"{Assert.Single(names)}={Assert.Single(values)}";
    }

    private static string Refusal(Func<BtfBuilder, int> build, int size)
    {
        var exception = Assert.Throws<PluginException>(() => FieldDecoder.Create(null, Layout(build), size, null, new FakeMachine()));
        Assert.Equal(PluginError.Metric, exception.Error);
        return exception.Message;
    }
}
