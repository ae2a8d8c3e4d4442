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
        Load(new ScriptSource(Path, text), layout, log: log);

    public static ScriptDecoder Load(ScriptSource source, KeyLayout? layout = null, ScriptLimits? limits = null, Action<string>? log = null, TimeProvider? time = null) =>
        ScriptDecoder.Load(source, layout ?? Number, new ScriptEnvironment(new ScriptTestHost(), limits ?? ScriptLimits.Default, time ?? TimeProvider.System, log));

    /// <summary>A decoder whose folder, <c>plugins/disk</c>, has these files: names and texts, the script <c>decode.js</c> among them.</summary>
    public static ScriptDecoder Load(params (string Name, string Text)[] files) => Load(Source(files));

    public static ScriptSource Source(params (string Name, string Text)[] files) =>
        new(Path, files.Single(file => file.Name == "decode.js").Text) { Files = new FakeFiles(files) };

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

    public static string LoadError(params (string Name, string Text)[] files) => Assert.Throws<ScriptException>(() => Load(files)).Message;

    public static string DecodeError(string body)
    {
        using var decoder = Body(body);
        return Assert.Throws<DecodeException>(() => decoder.Decode([42, 0, 0, 0])).Message;
    }

    private sealed class FakeFiles((string Name, string Text)[] files) : IScriptFiles
    {
        public string? Read(string name) => files.FirstOrDefault(file => file.Name == name).Text;
    }
}
