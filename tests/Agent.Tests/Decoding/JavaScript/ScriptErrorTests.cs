namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptErrorTests
{
    private const string Shape = "A decoder is: export const labels = [\"name\", ...]; export function decode(key) { return [value, ...]; }";

    [Theory]
    [InlineData("export const labels = [];\nexport function decode(key) { return [ }", "plugins/disk/decode.js:2:40: syntax error: Unexpected token '}'")]
    [InlineData("export const labels = 'abc\n", "plugins/disk/decode.js:1:23: syntax error: Invalid or unexpected token")]
    [InlineData("const a = /(/;", "plugins/disk/decode.js:1:13: syntax error: Invalid regular expression: /(/: Unterminated group")]
    public void A_syntax_error_has_its_position(string text, string expected) => Assert.Equal(expected, Scripts.LoadError(text));

    [Theory]
    [InlineData("export const decode = () => [];", "plugins/disk/decode.js: the export 'labels' is missing. ")]
    [InlineData("export const labels = [];", "plugins/disk/decode.js: the export 'decode' is missing. ")]
    [InlineData("", "plugins/disk/decode.js: the export 'decode' is missing. ")]
    [InlineData("export const labels = []; export const decode = 1;", "plugins/disk/decode.js: the export 'decode' is a number, not a function. ")]
    [InlineData("export const labels = 'a'; export const decode = () => [];", "plugins/disk/decode.js: the export 'labels' is a string, not an array of strings. ")]
    [InlineData("export const labels = {}; export const decode = () => [];", "plugins/disk/decode.js: the export 'labels' is an object, not an array of strings. ")]
    [InlineData("export const labels = ['a', 1]; export const decode = () => [];", "plugins/disk/decode.js: labels[1] is a number, not a string. ")]
    public void A_wrong_export_is_named_with_the_right_form(string text, string expected) => Assert.Equal(expected + Shape, Scripts.LoadError(text));

    [Theory]
    [InlineData("export const decode = () => import('./fs.js');", "plugins/disk/decode.js:1:29")]
    [InlineData("\n  import(\"fs\");", "plugins/disk/decode.js:2:3")]
    public void An_import_at_run_time_is_refused_at_its_place(string text, string position) =>
        Assert.Equal($"{position}: a decoder can't import while it runs. Import at the top: import {{ name }} from \"./file.js\";", Scripts.LoadError(text));

    [Fact]
    public void What_the_module_throws_fails_the_load_with_its_place() => Assert.Equal(
        "plugins/disk/decode.js:2:3: loading threw: Cannot read property 'x' of null",
        Scripts.LoadError("const a = null;\n  a.x();"));

    [Theory]
    [InlineData("await { then() {} };", "1:1")]
    [InlineData("export const labels = [];\nexport const a = [await 1];", "2:19")]
    [InlineData("for await (const x of []) ;", "1:1")]
    [InlineData("{ await using x = null; }", "1:3")]
    [InlineData("class A { [await 1]() {} }", "1:12")]
    [InlineData("(async () => { await 1; })(); if (true) await 1;", "1:41")]
    public void A_module_that_waits_is_refused_at_the_place(string text, string place) => Assert.Equal(
        $"plugins/disk/decode.js:{place}: a decoder can't wait. Remove the top-level await.",
        Scripts.LoadError(text));

    [Fact]
    public void An_asynchronous_function_may_be_there_though_it_never_comes_back() =>
        Assert.Equal("1", Scripts.Value("(async () => { await 1; for await (const x of []); })(); return [1];"));

    [Theory]
    [InlineData("return [key.nope.x];", "plugins/disk/decode.js:3:18: decode(key) threw: Cannot read properties of undefined (reading 'x')")]
    [InlineData("throw new Error('no such disk');", "plugins/disk/decode.js:3:7: decode(key) threw: no such disk")]
    [InlineData("throw 'a text';", "plugins/disk/decode.js:3:7: decode(key) threw: a text")]
    [InlineData("return [missing];", "plugins/disk/decode.js:3:9: decode(key) threw: missing is not defined")]
    [InlineData("undeclared = 1;", "plugins/disk/decode.js:3:1: decode(key) threw: undeclared is not defined")]
    [InlineData("return [1n + 1];", "plugins/disk/decode.js:3:1: decode(key) threw: Cannot mix BigInt and other types, use explicit conversions")]
    public void What_decode_throws_has_its_place(string body, string expected) => Assert.Equal(expected, Scripts.DecodeError(body));

    [Theory]
    [InlineData("return [1, 2];", "plugins/disk/decode.js: decode(key) returned 2 values for 1 labels (value); return one for each.")]
    [InlineData("return [];", "plugins/disk/decode.js: decode(key) returned 0 values for 1 labels (value); return one for each.")]
    [InlineData("return 'text';", "plugins/disk/decode.js: decode(key) returned a string; return an array with a value for each label, or null to leave the key out.")]
    [InlineData("return {0: 1, length: 1};", "plugins/disk/decode.js: decode(key) returned an object; return an array with a value for each label, or null to leave the key out.")]
    [InlineData("return (async () => ['x'])();", "plugins/disk/decode.js: decode(key) returned an object; return an array with a value for each label, or null to leave the key out.")]
    public void What_is_not_one_value_for_each_label_is_refused(string body, string expected) => Assert.Equal(expected, Scripts.DecodeError(body));

    [Theory]
    [InlineData("return [{toString() { throw 1; }}];", "an object")]
    [InlineData("return [[1]];", "an array")]
    [InlineData("return [undefined];", "undefined")]
    [InlineData("return [,];", "undefined")]
    [InlineData("return [null];", "null")]
    [InlineData("return [Symbol('x')];", "a symbol")]
    [InlineData("return [() => 1];", "a function")]
    [InlineData("return [new String('x')];", "an object")]
    [InlineData("return [2n ** 5000n];", "a BigInt")]
    public void Only_plain_values_are_labels(string body, string kind) => Assert.Equal(
        $"plugins/disk/decode.js: decode(key) returned {kind} for the label 'value'; return a string, number, boolean or BigInt of ordinary size.",
        Scripts.DecodeError(body));
}
