using System.Diagnostics;
using System.Text;
using CsCheck;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Configuration;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>Programs that nobody wrote: each loads and decodes, or fails as a script does, within its limits.</summary>
public sealed class ScriptFuzzTests
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(2);
    private const long MostBytes = 256 << 20;

    private static readonly ScriptLimits Limits = ScriptLimits.Default;

    private static readonly Gen<string> Atom = Gen.OneOf(
        "key", "0", "1e9", "-1", "NaN", "2n ** 64n", "''", "'ab'", "[]", "[1,2]", "{}", "({a: 1})", "null", "undefined", "/(a+)+b/", "'a'.repeat(1e5)", "globalThis", "host", "host.ksym(key)", "Symbol.iterator", "labels", "decode");

    private static readonly Gen<string> Expression = Atom.Select(Atom, Gen.Int[0, 15]).Select((one, two, form) => form switch
    {
        0 => $"({one} + {two})",
        1 => $"({one} ** {two})",
        2 => $"[...{one}, ...{two}]",
        3 => $"String({one}).padEnd({two})",
        4 => $"String({one}).split({two})",
        5 => $"Array({one}).fill({two})",
        6 => $"JSON.stringify([{one}, {two}])",
        7 => $"new Map([[{one}, {two}]])",
        8 => $"Object.assign({one}, {two})",
        9 => $"(() => {{ throw {one}; }})()",
        10 => $"decode({one})",
        11 => $"({one})[{two}]",
        12 => $"String({one}).replace({two}, x => x + x + x)",
        13 => $"BigInt.asUintN(64, BigInt({one}) << BigInt({two}))",
        14 => $"Array.from({{length: {one}}}, () => {two})",
        _ => one,
    });

    private static readonly Gen<string> Statement = Expression.Select(Expression, Gen.Int[0, 9]).Select((one, two, form) => form switch
    {
        0 => $"for (;;) v = {one};",
        1 => $"while (v = {one}) v += {two};",
        2 => $"for (const x of {one}) v += x;",
        3 => $"try {{ v = {one}; }} catch (e) {{ v = e; }}",
        4 => $"console.log({one}, {two});",
        5 => $"v = v + v + {one};",
        6 => $"(function f() {{ f(); }})();",
        7 => $"return [{one}];",
        8 => $"const g = (function* () {{ for (;;) yield {one}; }})(); v = [...g];",
        _ => $"v = {one};",
    });

    [Fact]
    public void Any_program_of_a_small_grammar_stays_within_its_limits() =>
        Statement.Array[0, 6].Sample(statements => Demand($"export const labels = ['a'];\nlet v = '';\nexport function decode(key) {{\n{string.Join('\n', statements)}\nreturn [v];\n}}\n"), iter: 600, threads: 1);

    [Fact]
    public void Any_damage_to_a_bundled_script_is_read_or_refused()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Sample.RepositoryRoot(), "plugins/syscall-latency/syscalls.js"));
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte[32, 126]).Array[1, 5].Sample(
            damages =>
            {
                byte[] text = [.. original];
                foreach ((int at, byte value) in damages) text[at] = value;
                Demand(Encoding.UTF8.GetString(text));
            },
            iter: 600,
            threads: 1);
    }

    private static void Demand(string text)
    {
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using ScriptDecoder decoder = Scripts.Load(new ScriptSource(Scripts.Path, text), limits: Limits);
            for (byte key = 0; key < 3; key++) Call(decoder, key);
        }
        catch (Exception e) when (e is ScriptException or DecodeException or PluginException)
        {
            Assert.NotEmpty(e.Message);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(took < Most && allocated < MostBytes, $"{took.TotalSeconds:0.0} s, {allocated >> 20} MiB:\n{text}");
    }

    private static void Call(ScriptDecoder decoder, byte key)
    {
        try
        {
            if (decoder.Decode([key, 0, 0, 0]) is { } values) Assert.Equal(decoder.LabelNames.Count, values.Count);
        }
        catch (Exception e) when (e is ScriptException or DecodeException)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
