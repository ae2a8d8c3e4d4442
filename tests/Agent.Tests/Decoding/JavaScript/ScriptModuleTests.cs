using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>How several modules live together: order, cycles, state, failures, and limits over all of them.</summary>
public sealed class ScriptModuleTests
{
    private const string Rest = "export const labels = ['value']; export const decode = key => [key];";

    [Fact]
    public void Modules_run_once_and_those_that_are_imported_first()
    {
        var lines = new List<string>();
        using var decoder = Scripts.Load(
            Scripts.Source(
                ("decode.js", "console.log('decode'); import './a.js'; import './b.js';" + Rest),
                ("a.js", "import './c.js'; console.log('a');"),
                ("b.js", "import './c.js'; console.log('b');"),
                ("c.js", "console.log('c');")),
            log: lines.Add);

        Assert.Equal(["c", "a", "b", "decode"], lines);
    }

    [Fact]
    public void A_cycle_works_as_far_as_the_order_allows()
    {
        using var decoder = Scripts.Load(
            ("decode.js", "import { twice } from './a.js'; export const base = 5; export const labels = ['value']; export const decode = key => [twice()];"),
            ("a.js", "import { base } from './decode.js'; export const twice = () => base * 2;"));
        Assert.Equal(["10"], decoder.Decode([1, 0, 0, 0]));

        Assert.Equal(
            "plugins/disk/a.js:1:58: loading threw: Cannot access 'base' before initialization",
            Scripts.LoadError(
                ("decode.js", "import { twice } from './a.js'; export const base = 5;"),
                ("a.js", "import { base } from './decode.js'; export const twice = base * 2;")));
    }

    [Fact]
    public void A_module_that_imports_itself_sees_its_own_exports()
    {
        using var decoder = Scripts.Load(("decode.js", "import * as me from './decode.js'; export const labels = ['value']; export const decode = () => [Object.keys(me).join(' ')];"));

        Assert.Equal(["decode labels"], decoder.Decode([1, 0, 0, 0]));
    }

    [Fact]
    public void State_of_an_imported_module_is_shared_and_stays()
    {
        using var decoder = Scripts.Load(
            ("decode.js", "import { next, calls } from './count.js'; import './other.js'; export const labels = ['n']; export const decode = () => { next(); return [calls]; };"),
            ("other.js", "import { next } from './count.js'; next();"),
            ("count.js", "export let calls = 0; export const next = () => ++calls;"));

        Assert.Equal(["2"], decoder.Decode([0, 0, 0, 0]));
        Assert.Equal(["3"], decoder.Decode([0, 0, 0, 0]));
    }

    [Theory]
    [InlineData("import { calls } from './count.js'; export const decode = () => { calls = 1; };", "Assignment to constant variable.")]
    [InlineData("import * as count from './count.js'; export const decode = () => { count.calls = 1; };", "Cannot assign to read only property")]
    [InlineData("import * as count from './count.js'; export const decode = () => { delete count.calls; };", "Cannot delete property")]
    public void An_import_can_not_be_assigned_to(string text, string why)
    {
        using var decoder = Scripts.Load(("decode.js", text + "export const labels = [];"), ("count.js", "export let calls = 0;"));

        var message = Assert.Throws<DecodeException>(() => decoder.Decode([0, 0, 0, 0])).Message;
        Assert.StartsWith("plugins/disk/decode.js:1:", message, StringComparison.Ordinal);
        Assert.Contains($"decode(key) threw: {why}", message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("globalThis.leak = 1;")]
    [InlineData("Object.prototype.leak = 1;")]
    [InlineData("host.device = () => 'x';")]
    [InlineData("Array.prototype[Symbol.iterator] = null;")]
    public void An_imported_module_can_not_change_what_is_shared(string text) => Assert.StartsWith(
        "plugins/disk/a.js:1:1: loading threw: ", Scripts.LoadError(("decode.js", "import './a.js';" + Rest), ("a.js", text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\n  throw new Error('no such disk');", "plugins/disk/lib/a.js:2:9: loading threw: no such disk")]
    [InlineData("null.x;", "plugins/disk/lib/a.js:1:6: loading threw: Cannot read properties of null (reading 'x')")]
    [InlineData("export const a = ;", "plugins/disk/lib/a.js:1:18: syntax error: Unexpected token ';'")]
    [InlineData("await 1;", "plugins/disk/lib/a.js:1:1: a decoder can't wait. Remove the top-level await.")]
    [InlineData("import('./b.js');", "plugins/disk/lib/a.js:1:1: a decoder can't import while it runs. Import at the top: import { name } from \"./file.js\";")]
    [InlineData("import 'fs';", "plugins/disk/lib/a.js:1:1: 'fs' is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("for (;;);", "plugins/disk/decode.js: loading executed more than 1000000 statements and was stopped. Look for a loop that doesn't end.")]
    public void What_is_wrong_with_an_imported_module_names_it(string text, string expected) =>
        Assert.Equal(expected, Scripts.LoadError(("decode.js", "import './lib/a.js';" + Rest), ("lib/a.js", text)));

    [Fact]
    public void What_an_imported_function_throws_has_its_place_there()
    {
        using var decoder = Scripts.Load(("decode.js", "import { f } from './a.js'; export const labels = []; export const decode = key => f(key);"), ("a.js", "\nexport function f(key) { return key.x.y; }"));

        Assert.Equal("plugins/disk/a.js:2:39: decode(key) threw: Cannot read properties of undefined (reading 'y')", Assert.Throws<DecodeException>(() => decoder.Decode([0, 0, 0, 0])).Message);
    }

    [Fact]
    public void A_chain_of_as_many_modules_as_there_may_be_is_loaded_and_one_more_is_not()
    {
        using var decoder = Scripts.Load(Chain(ScriptLimits.Modules));
        Assert.Equal(["64"], decoder.Decode([0, 0, 0, 0]));

        Assert.Equal(
            "plugins/disk/m63.js:1:1: './m64.js' is one file too many; a script has at most 64, itself included.",
            Scripts.LoadError(Chain(ScriptLimits.Modules + 1)));
    }

    [Fact]
    public void Imported_files_have_one_limit_together()
    {
        var comment = $"/*{new string(' ', 250_000)}*/";
        (string, string)[] files = [.. Enumerable.Range(1, 5).Select(i => ($"m{i}.js", comment))];

        using var decoder = Scripts.Load([("decode.js", string.Concat(files[..4].Select(file => $"import './{file.Item1}';")) + Rest), .. files]);
        Assert.Equal(
            "plugins/disk/decode.js:1:69: './m5.js' is too much: all imported files together have more than 1048576 characters.",
            Scripts.LoadError([("decode.js", string.Concat(files.Select(file => $"import './{file.Item1}';"))), .. files]));
        Assert.Equal(
            "plugins/disk/m1.js: the script has 262145 characters; 262144 is the limit. Shorten its tables.",
            Scripts.LoadError(("decode.js", "import './m1.js';"), ("m1.js", new string(' ', (1 << 18) + 1))));
    }

    /// <summary>Each layer exports all of both modules of the next: without a memory of where a search has been, 2^20 ways lead to the last.</summary>
    [Fact]
    public void Layers_of_modules_that_export_each_other_are_searched_once()
    {
        List<(string, string)> files = [("decode.js", "import { last } from './a0.js'; export const labels = ['value']; export const decode = key => [last];"), ("last.js", "export const last = 7;")];
        for (var i = 0; i < 20; i++)
        {
            var text = i == 19 ? "export * from './last.js';" : $"export * from './a{i + 1}.js'; export * from './b{i + 1}.js';";
            files.AddRange([($"a{i}.js", text), ($"b{i}.js", text)]);
        }

        var start = TimeProvider.System.GetTimestamp();
        using var decoder = Scripts.Load([.. files]);
        Assert.Equal(["7"], decoder.Decode([0, 0, 0, 0]));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 3);
    }

    private static (string, string)[] Chain(int length) =>
    [
        ("decode.js", "import { depth } from './m1.js'; export const labels = ['value']; export const decode = () => [depth() + 1];"),
        .. Enumerable.Range(1, length - 2).Select(i => ($"m{i}.js", $"import {{ depth as next }} from './m{i + 1}.js'; const d = next() + 1; export const depth = () => d;")),
        ($"m{length - 1}.js", "export const depth = () => 1;"),
    ];
}
