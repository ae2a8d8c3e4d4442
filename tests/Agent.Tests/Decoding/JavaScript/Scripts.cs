using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Tests.Bpf;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>Short ways to a decoder.</summary>
internal static class Scripts
{
    public const string Path = "plugins/disk/decode.js";

    /// <summary>A key of one u32, so that <c>key</c> is a number.</summary>
    public static KeyLayout Number { get; } = Layout(b => b.Int("unsigned int", 4));

    public static KeyLayout Layout(Func<BtfBuilder, int> build)
    {
        var b = new BtfBuilder();
        var id = build(b);
        return KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
    }

    public static ScriptDecoder Load(string text, KeyLayout? layout = null, Action<string>? log = null) =>
        ScriptDecoder.Load(new ScriptSource(Path, text), layout ?? Number, new FakeHost(), "x86_64", ScriptLimits.Default, log);

    /// <summary>A decoder of one label whose function has this body.</summary>
    public static ScriptDecoder Body(string body, KeyLayout? layout = null, Action<string>? log = null) =>
        Load($"export const labels = [\"value\"];\nexport function decode(key) {{\n{body}\n}}\n", layout, log);

    /// <summary>The one label's value, for the key 42 unless bytes are given.</summary>
    public static string? Value(string body, KeyLayout? layout = null, params byte[] key)
    {
        using var decoder = Body(body, layout);
        return decoder.Decode(key.Length > 0 ? key : [42, 0, 0, 0])?[0];
    }

    public static string LoadError(string text) => Assert.Throws<ScriptException>(() => Load(text)).Message;

    public static string DecodeError(string body)
    {
        using var decoder = Body(body);
        return Assert.Throws<DecodeException>(() => decoder.Decode([42, 0, 0, 0])).Message;
    }
}
