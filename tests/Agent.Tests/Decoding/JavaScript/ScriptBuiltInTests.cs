using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>Built-ins that loop by themselves, where the engine's limits could look too late: whatever comes of them, it comes soon and costs little.</summary>
public sealed class ScriptBuiltInTests
{
    private const string Endless = "const it = { value: [1, 1], done: false, next: Object.prototype.valueOf, [Symbol.iterator]: Object.prototype.valueOf };";
    private const string Numbers = "function* g() { for (let i = 0; ; i++) yield [i, i]; }";

    public static TheoryData<string> ArrayMethods =>
        [.. Scripts.Value("return [Object.getOwnPropertyNames(Array.prototype).filter(name => typeof [][name] === 'function').join(' ')];")!.Split(' ')];

    [Fact]
    public void The_methods_of_arrays_are_known() => Assert.InRange(ArrayMethods.Count, 35, 50);

    [Theory]
    [MemberData(nameof(ArrayMethods))]
    public void A_method_of_arrays_is_bounded_on_what_is_endless(string method)
    {
        Run($"const a = []; a.length = 4294967295; Array.prototype.{method}.call(a, () => 0, 5);");
        Run($"Array.prototype.{method}.call({{ length: 2 ** 53 - 1 }}, () => false, 2);");
        Run($"Array.prototype.{method}.call({{ length: 2 ** 53 - 1 }}, 1, 2);");
    }

    [Theory]
    [InlineData("BigInt.asUintN(1000000000, -1n);")]
    [InlineData("BigInt.asUintN(2 ** 53 - 1, -1n);")]
    [InlineData("let s = '['; while (s.length < 4e5) s += s; JSON.parse(s);")]
    [InlineData("let s = '{\"a\":'; while (s.length < 4e5) s += s; JSON.parse(s);")]
    [InlineData("let s = '9'; while (s.length < 4e5) s += s; BigInt(s);")]
    [InlineData("let s = '9'; while (s.length < 4e5) s += s; parseInt(s, 7);")]
    [InlineData("let s = 'a'; while (s.length < 2e5) s += s; const t = s + 'b', u = s + 'c'; for (let i = 0; i < 3e5; i++) t < u;")]
    [InlineData("Math.max.apply(null, { length: 1e8 });")]
    [InlineData("String.fromCharCode.apply(null, { length: 1e8 });")]
    [InlineData("let o = {}; for (let i = 0; i < 10000; i++) o = Object.create(o); for (let i = 0; i < 1e5; i++) o.x;")]
    [InlineData("const o = {}; for (let i = 0; i < 10000; i++) o['k' + i] = i; for (let i = 0; i < 1e5; i++) ({ ...o });")]
    [InlineData("const a = Array(16384).fill(0); for (let i = 0; i < 1e6; i++) a.includes(1);")]
    [InlineData("const s = 'a'.repeat(16000); for (let i = 0; i < 1e5; i++) s.normalize('NFKD');")]
    [InlineData("for (let i = 0; i < 1e6; i++) new RegExp('a' + i);")]
    [InlineData("new RegExp('(?:a|'.repeat(2000) + 'b' + ')'.repeat(2000));")]
    [InlineData("new RegExp('a?'.repeat(5000) + 'a'.repeat(5000)).test('a'.repeat(5000));")]
    [InlineData("/(?<=(a+)+)b/.test('a'.repeat(5000) + 'c');")]
    [InlineData("for (let i = 0; i < 1e6; i++) Symbol.for('a' + i);")]
    [InlineData("for (let i = 0; i < 1e6; i++) new Error('x').stack;")]
    [InlineData("l: for (;;) { try { for (;;); } finally { continue l; } }")]
    [InlineData("try { for (;;); } catch { for (;;); } finally { for (;;); }")]
    [InlineData("const f = () => { try { f(); } finally { f(); } }; f();")]
    public void Work_without_end_ends_soon(string body) => Run(body);

    /// <summary>Built-ins that call built-ins: not a statement in it.</summary>
    [Theory]
    [InlineData("const a = Array(16384).fill(Object); a.map(a.map, a);")]
    [InlineData("const a = Array(16384).fill(0); a.map(a.slice, a);")]
    [InlineData("const a = Array(16384).fill([].keys); a.forEach(a.forEach, a);")]
    [InlineData("Array(16384).fill(16000).map(''.repeat, 'a');")]
    [InlineData("Array.from({ length: 16384 }, ''.padEnd, 'a');")]
    [InlineData("Array(16384).fill('a'.repeat(9000)).map(Math.max.call, ''.toUpperCase);")]
    [InlineData("Array(16384).fill(2n ** 100000n).map(Math.max.call, 1n.toString);")]
    [InlineData("Array(16384).fill(2n ** 100000n).map(String);")]
    [InlineData("Array(16384).fill(2n ** 100000n).sort();")]
    [InlineData("Array(16384).fill(2n ** 100000n).toSorted(undefined);")]
    [InlineData("Array(16384).fill(2n ** 100000n).join();")]
    [InlineData("Object.fromEntries(Array(16384).fill([2n ** 100000n, 1]));")]
    [InlineData("Object.groupBy(Array(16384).fill(2n ** 100000n), Object);")]
    [InlineData("Array(1000).fill('9'.repeat(16000)).map(BigInt);")]
    [InlineData("const o = { length: 16384 }; for (let i = 0; i < 5000; i++) Object.defineProperty(o, 'k' + i, { get: [].slice, enumerable: true }); Object.entries(o);")]
    [InlineData("const o = { length: 16384, valueOf: [].slice, toString: [].slice }; Math.max(...Array(10000).fill(o));")]
    [InlineData("const s = 'a'.repeat(16000); s.replaceAll('a', () => s);")]
    [InlineData("const s = 'a'.repeat(16000); s.replace(/a/g, String);")]
    [InlineData("JSON.parse('[' + '1,'.repeat(8000) + '1]', JSON.parse);")]
    [InlineData("const o = {}; for (let i = 0; i < 1e5; i++) o[2n ** 100000n] = i;")]
    public void Work_of_built_ins_on_each_other_ends_soon(string body) => Run(body);

    [Theory]
    [InlineData("[...{0}];")]
    [InlineData("new Set({0});")]
    [InlineData("new Map({0});")]
    [InlineData("for (const x of {0});")]
    [InlineData("Object.fromEntries({0});")]
    [InlineData("Math.max(...{0});")]
    [InlineData("const [a, ...b] = {0};")]
    [InlineData("Array.from({0});")]
    [InlineData("Map.groupBy({0}, Object);")]
    [InlineData("Object.groupBy({0}, String);")]
    [InlineData("(function* () {{ yield* {0}; }})().next();")]
    [InlineData("(async () => {{ for await (const x of {0}); }})();")]
    public void An_iteration_without_end_ends_soon(string use)
    {
        Run(Endless + string.Format(null, use, "it"));
        Run(Numbers + string.Format(null, use, "g()"));
    }

    [Theory]
    [InlineData("for (let i = 0; i < 1e6; i++) console.log('x'.repeat(16000));")]
    [InlineData("Array(16384).fill(console.log).forEach(f => f(...Array(9000).fill({})));")]
    [InlineData("let o = {}; for (let i = 0; i < 9; i++) o = [o, o, o, o, o, o, o, o, o]; for (let i = 0; i < 1e5; i++) console.log(o);")]
    [InlineData("const o = {}; o.o = o; for (;;) console.log(o);")]
    [InlineData("for (let i = 1; ; i++) host.device(1, i);")]
    [InlineData("const a = [1]; a.length = 4294967295; host.mac(a);")]
    [InlineData("const a = []; a.length = 4294967295; host.hex(a);")]
    [InlineData("host.mac(Object.defineProperty([1, 2, 3, 4, 5, 6], 0, { get() { for (;;); } }));")]
    [InlineData("host.ksym({ valueOf() { for (;;); }, toString() { for (;;); } });")]
    [InlineData("host.ksym(2n ** 100000n);")]
    public void The_agents_own_functions_are_bounded_as_well(string body) => Run(body);

    /// <summary>Each of these did not end, or would not.</summary>
    [Theory]
    [InlineData("new Set([1]).union({ size: 1, has: Object, keys: Object });", "union is not available in a decoder; write a loop over the values")]
    [InlineData("new Set([1]).isSupersetOf(new Set([1]));", "isSupersetOf is not available in a decoder; write a loop over the values")]
    [InlineData("Math.max.bind(null, 1);", "bind is not available in a decoder; write an arrow function")]
    [InlineData("(async () => 0)().constructor.all([]);", "Property 'all' of object is not a function")]
    [InlineData("(async () => 0)().then(Object);", "Property 'then' of object is not a function")]
    [InlineData("Array.fromAsync([1]);", "Property 'fromAsync' of object is not a function")]
    [InlineData("[1].values().map(Object);", "Property 'map' of object is not a function")]
    public void What_can_not_be_bounded_is_not_there(string body, string why) => Assert.EndsWith($"decode(key) threw: {why}", Scripts.DecodeError(body), StringComparison.Ordinal);

    private static void Run(string body)
    {
        using var decoder = Scripts.Body($"{body}; return [1];", log: _ => { });
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            decoder.Decode([42, 0, 0, 0]);
        }
        catch (DecodeException exception)
        {
            Assert.StartsWith(Scripts.Path, exception.Message, StringComparison.Ordinal);
        }

        Assert.InRange(clock.GetElapsedTime(start).TotalSeconds, 0, 3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }
}
