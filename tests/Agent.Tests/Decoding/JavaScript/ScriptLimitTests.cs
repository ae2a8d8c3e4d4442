using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>None of these may take more than about a second or 64 MB, nor end the process.</summary>
[Collection(nameof(ScriptLimitTests))]
[CollectionDefinition(nameof(ScriptLimitTests), DisableParallelization = true)]
public sealed class ScriptLimitTests
{
    private const string Statements = "executed more than 1000000 statements and was stopped. Look for a loop that doesn't end.";
    private const string Memory =
        "allocated more than 2048 KiB, or an array of more than 16384 elements, and was stopped. Build less per key; make tables once, at the top of the module.";
    private const string Recursion = "called functions more than 64 deep and was stopped. Look for a function that calls itself without end.";
    private const string Regex = "matched a regular expression for longer than 62.5 ms and was stopped. Look for nested repetitions such as (a+)+.";

    [Theory]
    [InlineData("for (;;);", Statements)]
    [InlineData("for (;;) { try { for (;;); } catch { } finally { continue; } }", Statements)]
    [InlineData("const f = () => f() + 1; f();", Recursion)]
    [InlineData("const o = { get a() { return this.a + 1; } }; o.a;", Recursion)]
    [InlineData("let s = 'a'; for (;;) s += s;", Memory)]
    [InlineData("const a = []; for (;;) a.push(1);", Memory)]
    [InlineData("const a = []; for (;;) a.push({a});", Memory)]
    [InlineData("new Array(1e9);", Memory)]
    [InlineData("Array.from({length: 1e9});", Memory)]
    [InlineData("[...(function* () { for (;;) yield 1; })()];", Memory)]
    [InlineData("let a = 3n ** 1000n; for (;;) a = a * a;", Memory)]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b');", Regex)]
    [InlineData("new RegExp('^(a+)+$').test('a'.repeat(40) + 'b');", Regex)]
    [InlineData("'a'.repeat(40).concat('b').replace(/(a+)+$/, '');", Regex)]
    public void A_call_is_stopped_at_its_limits(string body, string cause) =>
        Assert.Equal($"plugins/disk/decode.js: decode(key) {cause}", Bounded(() => Scripts.DecodeError(body)));

    [Theory]
    [InlineData("for (;;);", Statements)]
    [InlineData("const f = () => f() + 1; f();", Recursion)]
    [InlineData("let s = 'a'; for (;;) s += s;", Memory)]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + 'b');", Regex)]
    public void Loading_is_under_the_same_limits(string text, string cause) =>
        Assert.Equal($"plugins/disk/decode.js: loading {cause}", Bounded(() => Scripts.LoadError(text)));

    [Fact]
    public void Time_is_limited_as_well_as_statements()
    {
        var limits = ScriptLimits.Default with { Statements = int.MaxValue, Timeout = TimeSpan.FromMilliseconds(100) };
        var source = new ScriptSource(Scripts.Path, "export const labels = []; export function decode(key) { for (;;); }");
        using var decoder = Scripts.Load(source, limits: limits);

        Assert.Equal(
            "plugins/disk/decode.js: decode(key) ran longer than 100 ms and was stopped. Look for a loop that doesn't end.",
            Bounded(() => Assert.Throws<DecodeException>(() => decoder.Decode([1, 0, 0, 0])).Message));
    }

    [Fact]
    public void Loading_has_more_time_than_a_call_since_the_engine_itself_is_compiled_then()
    {
        var limits = ScriptLimits.Default with { Timeout = TimeSpan.FromMilliseconds(1) };
        var source = new ScriptSource(Scripts.Path, "for (let i = 0; i < 20000; i++) i % 7; export const labels = []; export const decode = key => [];");
        using var decoder = Scripts.Load(source, limits: limits);
        Assert.Empty(decoder.LabelNames);
    }

    /// <summary>Built-ins that multiply their input: the engine's limits look too late at each of them.</summary>
    [Theory]
    [InlineData("return ['a'.repeat(4e8)];", "repeat would take or make a text of more than 16384 characters")]
    [InlineData("return ['a'.repeat('1e9')];", "repeat would take or make a text of more than 16384 characters")]
    [InlineData("return ['a'.repeat(Infinity)];", "repeat would take or make a text of more than 16384 characters")]
    [InlineData("return ['a'.padStart(1e9)];", "padStart would take or make a text of more than 16384 characters")]
    [InlineData("return ['a'.padEnd(1e9, 'xy')];", "padEnd would take or make a text of more than 16384 characters")]
    [InlineData("const s = 'a'.repeat(9000); return [s.concat(s)];", "concat would take or make a text of more than 16384 characters")]
    [InlineData("const s = 'a'.repeat(9000); return [s.replaceAll('a', s)];", "replaceAll would take or make a text of more than 16384 characters")]
    [InlineData("const s = 'a'.repeat(9000); return [s.replace(/a/g, \"$'$'$'$'\")];", "replace would take or make a text of more than 16384 characters")]
    [InlineData("let s = 'a'; while (s.length < 100000) s += s; return [s.indexOf('b')];", "indexOf would take or make a text of more than 16384 characters")]
    [InlineData("return [String.prototype.repeat.call({toString() { return 'a'.repeat(9000); }}, 9000)];", "repeat would take or make a text of more than 16384 characters")]
    [InlineData("return [Array(16384).fill('x'.repeat(9000)).join()];", "join would take or make a text of more than 16384 characters")]
    [InlineData("return [[1, 2].join('x'.repeat(16000) + 'x'.repeat(16000))];", "join would take or make a text of more than 16384 characters")]
    [InlineData("const a = []; a.length = 4294967295; return [[].concat(a).length];", "concat would make an array of more than 16384 elements")]
    [InlineData("let a = [1, 1]; for (let i = 0; i < 30; i++) a = [a, a]; return [a.flat(Infinity).length];", "flat is not available in a decoder; use flatMap, or a loop")]
    [InlineData("return [JSON.stringify(Array(9000).fill('x'.repeat(9000)))];", "stringify is not available in a decoder; to look at a value, hand it to console.log")]
    [InlineData("return [String.raw({raw: {length: 1e9}})];", "raw is not available in a decoder; write a template literal")]
    public void Built_ins_that_multiply_are_bounded(string body, string cause)
    {
        var message = Bounded(() => Scripts.DecodeError(body));

        Assert.StartsWith("plugins/disk/decode.js:3:", message, StringComparison.Ordinal);
        Assert.EndsWith($": decode(key) threw: {cause}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("let a = [1]; for (;;) a = [a];")]
    [InlineData("let a = [1, 1, 1, 1]; for (let i = 0; i < 16; i++) a = [a, a, a, a]; return [String(a)];")]
    [InlineData("let a = [1, 1, 1, 1]; for (let i = 0; i < 16; i++) a = [a, a, a, a]; return [a + ''];")]
    [InlineData("return [Array.prototype.join.call({length: 1e9}, '')];")]
    [InlineData("let a = []; for (let i = 0; i < 20000; i++) a = [a]; String(a);")]
    [InlineData("const a = []; a.length = 4294967295; a.forEach(() => 0); a.sort();")]
    [InlineData("const a = []; a.length = 4294967295; a.indexOf(1); for (;;) a.reverse();")]
    [InlineData("const o = { toString() { return '' + this; } }; '' + o;")]
    [InlineData("class A { constructor() { new A(); } } new A();")]
    [InlineData("[2, 1].sort(function f() { [2, 1].sort(f); return 0; });")]
    [InlineData("const s = 'a'.repeat(16000); s.replace(/a/g, () => s);")]
    [InlineData("const s = 'a'.repeat(16000); s.replaceAll('a', () => s);")]
    [InlineData("throw { toString() { for (;;); } };")]
    [InlineData("throw { get message() { for (;;); } };")]
    [InlineData("const a = ['x']; Object.defineProperty(a, 0, { get() { for (;;); } }); return a;")]
    [InlineData("BigInt('9'.repeat(16000)) ** 100000n;")]
    [InlineData("1n << 100000000000n;")]
    [InlineData("let s = '('; while (s.length < 10000) s += s; new RegExp(s);")]
    [InlineData("JSON.parse('['.repeat(16000));")]
    [InlineData("(function f() { return f(); })();")]
    public void Whatever_else_is_tried_ends_soon(string body) =>
        Assert.StartsWith(Scripts.Path, Bounded(() => Scripts.DecodeError(body)), StringComparison.Ordinal);

    [Theory]
    [InlineData("(", 100_000, ")")]
    [InlineData("[", 100_000, "]")]
    [InlineData("[", 500, "]")]
    [InlineData("1+", 130_000, "")]
    [InlineData("!", 100_000, "")]
    [InlineData("a=>", 80_000, "")]
    [InlineData("{a:", 60_000, "}")]
    [InlineData("`${", 50_000, "}`")]
    public void Deep_nesting_does_not_overflow_the_stack(string open, int count, string close)
    {
        var text = $"const a = {string.Concat(Enumerable.Repeat(open, count))}1{string.Concat(Enumerable.Repeat(close, count))};";

        Assert.StartsWith(Scripts.Path, Bounded(() => Scripts.LoadError(text)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_operators_is_refused_with_its_place() => Assert.Equal(
        "plugins/disk/decode.js:1:1617: the script is nested more than 200 levels deep. Split the expression; make a long chain of operators an array or a table.",
        Scripts.LoadError($"const a = {string.Concat(Enumerable.Repeat("1+", 1000))}1;"));

    [Fact]
    public void A_huge_script_is_refused() => Assert.Equal(
        "plugins/disk/decode.js: the script has 262145 characters; 262144 is the limit. Shorten its tables.",
        Scripts.LoadError(new string(' ', (1 << 18) + 1)));

    private static string Bounded(Func<string> run)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = run();

        // About a second, and more on a busy machine; without the limits these took 7 to 60 seconds, or never ended.
        Assert.InRange(clock.GetElapsedTime(start).TotalSeconds, 0, 3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        return message;
    }
}
