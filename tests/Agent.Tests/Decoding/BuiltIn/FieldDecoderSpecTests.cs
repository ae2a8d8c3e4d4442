using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Labels that a manifest names: the field, the chain, and what is refused.</summary>
public sealed class FieldDecoderSpecTests
{
    private static readonly KeyLayout Key = Build();

    // op 2, err -2, addr.v4 1.2.3.4, comm "nginx", pid 42, stack { main }, flags 0x1f.
    private static readonly byte[] Bytes = Chain.Bytes("02000000 feffffff 01020304000000000000000000000000 6e67696e78000000 2a000000 1f000000 0010000000000000 0000000000000000");

    [Fact]
    public void A_label_is_a_field_by_its_own_name_or_by_a_path()
    {
        FieldDecoder decoder = Create(new("op"), new("error") { Field = "err" }, new("first") { Field = "addr.v4" }, new("again") { Field = "addr.v6", Decoders = [new("ip")] });
        Assert.Equal(["op", "error", "first", "again"], decoder.LabelNames);
        Assert.Equal(["WRITE", "-2", "67305985", "102:304::"], decoder.Decode(Bytes));
        Assert.False(decoder.MayGoStale);
    }

    [Fact]
    public void A_chain_hands_on_from_step_to_step()
    {
        FieldDecoder decoder = Create(
            new("error") { Field = "err", Decoders = [new("errno")] },
            new("op") { Decoders = [new("uint"), new("static_map") { Map = new Dictionary<string, string> { ["1"] = "read" }, Default = "other" }] },
            new("server") { Field = "comm", Decoders = [new("string"), new("regexp") { Items = ["^(ng)"] }] },
            new("name") { Field = "pid", Decoders = [new("comm")] },
            new("flags") { Decoders = [new("hex")] },
            new("whole") { Field = "addr", Decoders = [new("ip")] });
        Assert.Equal(["ENOENT", "other", "ng", "nginx", "0x1f", "102:304::"], decoder.Decode(Bytes));
        Assert.True(decoder.MayGoStale);
    }

    [Fact]
    public void A_map_and_a_pattern_begin_with_what_BTF_makes_of_the_field()
    {
        FieldDecoder decoder = Create(
            new("op") { Decoders = [new("static_map") { Map = new Dictionary<string, string> { ["WRITE"] = "w" } }] },
            new("comm") { Decoders = [new("regexp") { Items = ["x$"] }] });
        Assert.Equal(["w", "x"], decoder.Decode(Bytes));
    }

    [Fact]
    public void A_pattern_that_does_not_match_drops_the_key() => Assert.Null(Create(new("op"), new("comm") { Decoders = [new("regexp") { Items = ["apache"] }] }).Decode(Bytes));

    [Fact]
    public void A_users_stack_finds_its_process()
    {
        Assert.Equal(["main+4096"], Create(new LabelSpec("stack") { Decoders = [new("ustack")] }).Decode(Bytes));
        Assert.Equal(["main+4096"], Create(new LabelSpec("stack") { Decoders = [new("ustack") { OtherField = "pid" }] }).Decode(Bytes));
        Assert.Equal(["unknown:0x1000"], Create(new LabelSpec("stack") { Decoders = [new("ustack") { OtherField = "flags" }] }).Decode(Bytes));
    }

    [Fact]
    public void A_key_of_one_value_needs_no_name_of_a_field()
    {
        var b = new BtfBuilder();
        int id = b.Int("u32", 4);
        KeyLayout layout = KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
        LabelSpec[] labels = [new("error") { Decoders = [new("errno")] }, new("number") { Field = "key" }];
        Assert.Equal(["ENOENT", "2"], FieldDecoder.Create(labels, layout, 4, null, new FakeMachine()).Decode(Chain.Bytes("02000000")));
    }

    [Fact]
    public void Without_BTF_a_place_says_where_the_bytes_are()
    {
        LabelSpec[] labels =
        [
            new("comm") { Place = new FieldPlace(4, 4), Decoders = [Chain.Exporter("string")] },
            new("op") { Place = new FieldPlace(0, 4), Decoders = [Chain.Exporter("uint"), Chain.Exporter("static_map") with { Map = new Dictionary<string, string> { ["1"] = "read" } }] },
        ];
        FieldDecoder decoder = FieldDecoder.Create(labels, null, 8, null, new FakeMachine());
        Assert.Equal(["abc", "unknown:7"], decoder.Decode("\u0007\0\0\0abc\0"u8));
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(8, 1)]
    [InlineData(-1, 4)]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_place_lies_within_the_key(int offset, int size) => Assert.Equal(
        $"The key: the label 'x' wants {size} bytes at {offset}, and the key has 8.",
        Assert.Throws<PluginException>(() => FieldDecoder.Create([new("x") { Place = new FieldPlace(offset, size), Decoders = [new("uint")] }], null, 8, null, new FakeMachine())).Message);

    [Fact]
    public void What_a_manifest_gets_wrong_is_named()
    {
        Refused("it has no field 'errr', which the label 'errr' wants; it has op, err, addr, addr.v6, addr.v4, comm, pid, flags, stack", new LabelSpec("errr"));
        Refused("it has no field 'addr.v5', which the label 'ip' wants; it has op, err, addr, addr.v6, addr.v4, comm, pid, flags, stack", new LabelSpec("ip") { Field = "addr.v5" });
        Refused("the field 'addr' of the label 'addr' is union address: name a field in it, or a decoder for all of it", new LabelSpec("addr"));
        Refused("the label 'err': the decoder 'errno' takes no argument like a map", new LabelSpec("err") { Decoders = [new("errno") { Map = new Dictionary<string, string>() }] });
        Refused("the label 'comm': the decoder 'ip' wants the field's bytes: it has to be the first of a chain", new LabelSpec("comm") { Decoders = [new("string"), new("ip")] });
        Refused("the label 'comm': the decoder 'mac' wants the field's bytes: it has to be the first of a chain", new LabelSpec("comm") { Decoders = [new("regexp") { Items = ["a"] }, new("mac")] });
        Refused("the label 'comm' can't be decoded from the field char[8] comm: 8 bytes are no IP address; 4 or 16 are", new LabelSpec("comm") { Decoders = [new("ip")] });
        Refused("the label 'addr' can't be decoded from the field union address addr: 16 bytes are no number; 1 to 8 are", new LabelSpec("addr") { Decoders = [new("uint")] });
        Refused("the label 'stack': the field 'process' that 'ustack' asks for is not in struct call_key", new LabelSpec("stack") { Decoders = [new("ustack") { OtherField = "process" }] });
        Refused("the label 'stack': the field 'comm' is no number, and 'ustack' needs a process's", new LabelSpec("stack") { Decoders = [new("ustack") { OtherField = "comm" }] });
    }

    [Theory]
    [InlineData("le", "'le' is the one that a histogram's buckets carry; choose another.")]
    [InlineData("a-b", "'a-b' is illegal; use letters, digits and underscores, not starting with a digit.")]
    [InlineData("__x", "'__x' starts with two underscores, which Prometheus keeps for itself; choose another.")]
    public void A_label_that_is_illegal_is_refused(string name, string reason) =>
        Assert.Equal($"The key struct call_key: the label name {reason}", Assert.Throws<PluginException>(() => Create(new LabelSpec(name) { Field = "op" })).Message);

    [Fact]
    public void A_label_that_is_there_twice_is_refused() =>
        Assert.Contains("'op' is there twice", Assert.Throws<PluginException>(() => Create(new("op"), new("op") { Field = "err" })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_step_that_fails_names_the_label()
    {
        FieldDecoder decoder = Create(new LabelSpec("comm") { Decoders = [new("string"), new("uint")] });
        Assert.Equal("The label 'comm': \"nginx\" is no number of 64 bits, decimal or with 0x.", Assert.Throws<DecodeException>(() => decoder.Decode(Bytes)).Message);
    }

    private static void Refused(string reason, LabelSpec label)
    {
        var exception = Assert.Throws<PluginException>(() => Create(label));
        Assert.Equal((PluginError.Metric, $"The key struct call_key: {reason}."), (exception.Error, exception.Message));
    }

    private static FieldDecoder Create(params LabelSpec[] labels) => FieldDecoder.Create(labels, Key, Key.Size, null, new FakeMachine());

    private static KeyLayout Build()
    {
        var b = new BtfBuilder();
        int u32 = b.Int("__u32", 4);
        int address = b.Union("address", 16, ("v6", b.Array(b.Int("__u8", 1), 16), 0), ("v4", u32, 0));
        int id = b.Struct(
            "call_key",
            56,
            ("op", b.Enum("op", 4, false, ("READ", 1), ("WRITE", 2)), 0),
            ("err", b.Int("int", 4, 1), 32),
            ("addr", address, 64),
            ("comm", b.Array(b.Char(), 8), 192),
            ("pid", u32, 256),
            ("flags", u32, 288),
            ("stack", b.Array(b.Int("__u64", 8), 2), 320));
        return KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
    }
}
