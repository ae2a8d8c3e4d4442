using CsCheck;
using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Decoding.BuiltIn.RegularExpressions;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Any bytes under any layout are a list of texts, or refused by name: nothing else comes out.</summary>
public sealed class FieldDecoderPropertyTests
{
    private static readonly string[] Exporter = ["cgroup", "dname", "errno", "hex", "ifname", "inet_ip", "kstack", "ksym", "lbr", "majorminor", "pci_device", "regexp", "static_map", "string", "uint"];

    private static readonly char[] Syntax = [.. "()[]{}?*+|^$.\\:<>=!-,PimsUQEdwbpLx01aZ\u00e4\n"];

    [Fact]
    public void Keys_of_any_layout_decode_or_are_refused()
    {
        int decoded = 0;
        Gen.Select(Gen.Int, Gen.Byte.Array[0, 600]).Sample((seed, bytes) => Allow(() => Decode(seed, bytes), ref decoded), iter: 5_000, threads: 1);
        Assert.InRange(decoded, 100, 5_000);
    }

    /// <summary>What clang made, with a few bytes changed.</summary>
    [Fact]
    public void Keys_of_garbled_BTF_decode_or_are_refused()
    {
        int decoded = 0;
        Gen.Select(Gen.Int[0, BtfFromClang.Bytes.Length - 1], Gen.Byte).Array[1, 3].Sample(
            changes => Allow(() => Decode(changes), ref decoded), iter: 10_000, threads: 1);
        Assert.InRange(decoded, 100, 10_000);
    }

    [Fact]
    public void Chains_of_any_decoders_decode_or_are_refused()
    {
        int decoded = 0;
        Gen.Select(Gen.Int[0, 1_000].Array[1, 4], Gen.Byte.Array[1, 64], Gen.Bool).Sample(
            (choices, bytes, isExporter) => Allow(() => Decode(choices, bytes, isExporter), ref decoded), iter: 20_000, threads: 1);
        Assert.InRange(decoded, 1_000, 20_000);
    }

    [Fact]
    public void Expressions_of_any_characters_match_or_are_refused()
    {
        int matched = 0;
        Gen.Select(Gen.Int[0, Syntax.Length - 1].Array[0, 24], Gen.String).Sample(
            (choices, text) => Allow(() => _ = new Re2(new string([.. choices.Select(static i => Syntax[i])])).Match(text), ref matched), iter: 5_000, threads: 1);
        Assert.InRange(matched, 50, 5_000);
    }

    private static void Allow(Action action, ref int succeeded)
    {
        try
        {
            action();
            succeeded++;
        }
        catch (Exception exception) when (exception is DecodeException or PluginException or FormatException or BtfException)
        {
            Assert.NotEmpty(exception.Message);
        }
    }

    private static void Decode(int seed, byte[] bytes)
    {
        KeyLayout layout = new RandomLayout(seed).Next();
        FieldDecoder decoder = FieldDecoder.Create(null, layout, layout.Size, null, new FakeMachine());
        Assert.All(decoder.LabelNames, static name => Assert.True(MetricNames.IsLegal(name, colons: false)));
        if (decoder.Decode(bytes) is { } values) Assert.Equal(decoder.LabelNames.Count, values.Count);
    }

    private static void Decode((int At, byte Value)[] changes)
    {
        byte[] raw = [.. BtfFromClang.Bytes];
        foreach ((int at, byte value) in changes) raw[at] = value;
        Btf btf = Btf.Parse(raw);
        KeyLayout layout = KeyLayout.FromBtf(btf, btf.Types.OfType<BtfComposite>().First().Id);
        byte[] key = new byte[layout.Size];
        Assert.NotNull(FieldDecoder.Create(null, layout, layout.Size, null, new FakeMachine()).Decode(key));
    }

    private static void Decode(int[] choices, byte[] bytes, bool isExporter)
    {
        IReadOnlyList<string> names = isExporter ? Exporter : LabelDecoders.Names;
        DecoderSpec[] specs = [.. choices.Select(choice => Spec(names[choice % names.Count], isExporter))];
        FieldDecoder decoder = FieldDecoder.Create([new LabelSpec("x") { Place = new FieldPlace(0, bytes.Length), Decoders = specs }], null, bytes.Length, null, new FakeMachine());
        if (decoder.Decode(bytes) is { } values) Assert.NotNull(Assert.Single(values));
    }

    private static DecoderSpec Spec(string name, bool isExporter) => new(name)
    {
        Map = name == "static_map" ? new Dictionary<string, string> { ["0"] = "zero" } : null,
        Items = name switch { "regexp" => ["^(.*)$"], "time_buckets" => ["1us", "1s"], _ => null },
        Dialect = isExporter ? DecoderDialect.EbpfExporter : DecoderDialect.Agent,
    };
}
