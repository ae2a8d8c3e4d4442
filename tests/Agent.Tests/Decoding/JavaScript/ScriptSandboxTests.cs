namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptSandboxTests
{
    [Fact]
    public void The_globals_are_these_and_no_others() => Assert.Equal(
        "Array BigInt Boolean Error EvalError Infinity JSON Map Math NaN Number Object RangeError ReferenceError RegExp Set String Symbol SyntaxError TypeError URIError "
        + "console globalThis host isFinite isNaN parseFloat parseInt undefined",
        Scripts.Value("return [Object.getOwnPropertyNames(globalThis).sort().join(' ')];"));

    [Theory]
    [InlineData("eval('1')")]
    [InlineData("Function('return 1')()")]
    [InlineData("(() => 1).constructor('return 1')()")]
    [InlineData("(function* () {}).constructor('yield 1')().next()")]
    [InlineData("(async () => 1).constructor('return 1')()")]
    [InlineData("new Date()")]
    [InlineData("Math.random()")]
    [InlineData("new ArrayBuffer(1)")]
    [InlineData("Atomics.wait()")]
    [InlineData("setTimeout(() => 1)")]
    [InlineData("new Proxy({}, {})")]
    [InlineData("importNamespace('System')")]
    [InlineData("System.IO.File")]
    [InlineData("require('fs')")]
    [InlineData("(1).toLocaleString('de') === Object.prototype.toLocaleString.call(1)")]
    public void What_a_decoder_has_no_use_for_is_not_there(string expression)
    {
        var message = Scripts.DecodeError($"return [typeof ({expression})];");

        Assert.StartsWith("plugins/disk/decode.js:3:", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("globalThis.leak = 1;")]
    [InlineData("Object.prototype.leak = 1;")]
    [InlineData("Array.prototype.push = 1;")]
    [InlineData("String.prototype.repeat = 1;")]
    [InlineData("Math.leak = 1;")]
    [InlineData("host.architecture = 'arm64';")]
    [InlineData("host.device = () => 'x';")]
    [InlineData("console.log = 1;")]
    [InlineData("(() => 1).__proto__.leak = 1;")]
    [InlineData("(function* () {}).__proto__.prototype.leak = 1;")]
    [InlineData("[].values().__proto__.next = 1;")]
    [InlineData("[].values().__proto__.__proto__.leak = 1;")]
    [InlineData("(async () => 1)().__proto__.leak = 1;")]
    [InlineData("/a/.__proto__.exec = 1;")]
    [InlineData("'a'.matchAll(/a/g).__proto__.leak = 1;")]
    [InlineData("1n.__proto__.leak = 1;")]
    [InlineData("Symbol.prototype.leak = 1;")]
    [InlineData("Object.setPrototypeOf(Array.prototype, null);")]
    [InlineData("delete Array.prototype.push;")]
    [InlineData("Error.prototype.toString = 1;")]
    public void Nothing_shared_can_be_changed(string body) =>
        Assert.Contains("decode(key) threw: ", Scripts.DecodeError(body), StringComparison.Ordinal);

    [Fact]
    public void Module_variables_are_the_authors_own()
    {
        using var decoder = Scripts.Load("let calls = 0; export const labels = ['n']; export const decode = () => [++calls];");

        Assert.Equal(["1"], decoder.Decode([0, 0, 0, 0]));
        Assert.Equal(["2"], decoder.Decode([0, 0, 0, 0]));
    }

    [Theory]
    [InlineData("['b', 'a'].sort().concat(['c', ['d']]).join('-')", "a-b-c-d")]
    [InlineData("[1, null, undefined, [2, [3]], 'x'] + ''", "1,,,2,3,x")]
    [InlineData("[].join()", "")]
    [InlineData("[1, 2].join(undefined)", "1,2")]
    [InlineData("[1, 2].join(null)", "1null2")]
    [InlineData("'ab'.repeat(3) + 'ab'.repeat(0) + 'x'.padStart(3, '01') + 'x'.padEnd(2)", "ababab01xx ")]
    [InlineData("'a-b_c'.split(/[-_]/).map(s => s.toUpperCase()).reverse().toString()", "C,B,A")]
    [InlineData("'loop12'.replace(/(\\w+?)(\\d+)/, '$2:$1') + 'aXbX'.replaceAll('X', x => x + x)", "12:loopaXXbXX")]
    [InlineData("[...'a1b2'.matchAll(/\\d/g)].map(m => m[0]).join('')", "12")]
    [InlineData("'héllo'.length + ' ' + 'abc'.at(-1) + 'abc'.slice(1).charCodeAt(0)", "5 c98")]
    [InlineData("`${[...new Set([3, 3, 1])].map(x => x.toString(16).padStart(2, '0')).join(':')}`", "03:01")]
    [InlineData("Object.entries({a: 1}).flatMap(x => x).concat(2).length", "3")]
    [InlineData("JSON.parse('{\"a\": [1]}').a[0] + parseInt('ff', 16) + Number(5n)", "261")]
    [InlineData("(0x0a000001 >>> 24) + '.' + BigInt.asUintN(8, 511n)", "10.255")]
    [InlineData("['1', '2'].map(Number).filter(Boolean).map(String).join('+')", "1+2")]
    [InlineData("[10, 9, 1].sort().join() + ' ' + [10, 9, 1].toSorted((a, b) => a - b).join() + ' ' + ['b', , undefined, 'a'].sort().join()", "1,10,9 1,9,10 a,b,,")]
    [InlineData("Object.keys(Object.fromEntries([['a', 1], ['__proto__', 2]])).join() + Object.fromEntries(new Map([[1n, 'x']]))[1]", "a,__proto__x")]
    [InlineData("Object.groupBy([1, 2, 3], n => n % 2 ? 'odd' : 'even').odd.join()", "1,3")]
    [InlineData("Array.from({ length: 3 }, (_, i) => i * 2).concat(Array.from('ab')).join()", "0,2,4,a,b")]
    [InlineData("'a1b2'.replace(/\\d/g, d => d * 2) + 'aa'.replaceAll('a', (m, at) => at)", "a2b401")]
    [InlineData("Math.max.apply(null, [1, 2]) + String.prototype.slice.call('abc', 1)", "2bc")]
    [InlineData("[1, 2, 3].reduce((a, b) => a + b) + [3, 4].findLast(n => n > 1) + [1, 2].includes(2)", "11")]
    [InlineData("JSON.parse('[1, 2]', (k, v) => Array.isArray(v) ? v : v + 1).join()", "2,3")]
    [InlineData("255n.toString(16) + [...new Map([[1, 2]])].flatMap(x => x).join('')", "ff12")]
    [InlineData("new Error('x') instanceof Error && new (class A extends Map {})().size === 0", "true")]
    public void What_a_decoder_does_works(string expression, string expected) =>
        Assert.Equal(expected, Scripts.Value($"return [{expression}];"));
}
