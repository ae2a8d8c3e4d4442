using EbpfAgent.Decoding.JavaScript;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptImportTests
{
    private const string Rest = "export const labels = ['value'];";

    [Theory]
    [InlineData("import { name } from './lib/names.js'; export const decode = key => [name(key)];")]
    [InlineData("import { name as other } from \"./lib/../lib/names.js\"; export const decode = key => [other(key)];")]
    [InlineData("import * as names from './/lib/./names.js'; export const decode = key => [names.name(key)];")]
    [InlineData("import byDefault from './lib/names.js'; export const decode = key => [byDefault(key)];")]
    [InlineData("import byDefault, { name } from './lib/names.js'; export const decode = key => [byDefault === name && name(key)];")]
    [InlineData("import { 'a name' as name } from './lib/names.js'; export const decode = key => [name(key)];")]
    [InlineData("export { decode } from './lib/names.js';")]
    [InlineData("export * from './lib/all.js';")]
    [InlineData("import { decode as d } from './lib/all.js'; export { d as decode };")]
    [InlineData("import * as a from './lib/names.js'; import * as b from './lib/../lib/names.js' with {}; export const decode = key => [a === b && a.name(key)];")]
    public void A_module_of_the_folder_is_imported(string text)
    {
        using var decoder = Scripts.Load(
            ("decode.js", text + Rest),
            ("lib/all.js", "export * from './names.js';"),
            ("lib/names.js", "import { prefix } from '../prefix.js'; export function name(key) { return prefix + key; } export { name as default, name as 'a name' }; export const decode = key => [name(key)];"),
            ("prefix.js", "const [, { a: prefix = 'no' }] = [0, { a: 'nr ' }]; export { prefix };"));

        Assert.Equal(["nr 42"], decoder.Decode([42, 0, 0, 0]));
    }

    [Fact]
    public void All_files_of_a_script_are_known_each_once()
    {
        using var decoder = Scripts.Load(
            ("decode.js", Rest + "import './a.js'; import './lib/b.js'; import n from './n.json' with { type: 'json' }; export const decode = key => [n.x];"),
            ("a.js", "import './lib/b.js';"),
            ("lib/b.js", "import '../decode.js'; import n from '../n.json' with { type: 'json' };"),
            ("n.json", "{ \"x\": 1 }"),
            ("unused.js", ""));

        Assert.Equal(["plugins/disk/a.js", "plugins/disk/decode.js", "plugins/disk/lib/b.js", "plugins/disk/n.json"], decoder.Files.Order());
    }

    [Theory]
    [InlineData("const { a, b: [c = 1, ...d] = [], ...e } = {}; export { a as x };", "x")]
    [InlineData("export const { a, b: [, c = 1, ...d] = [], ...e } = {};", "a,c,d,e")]
    [InlineData("export let f = 1, g; export function h() {} export function* i() {} export async function j() {} export class k {}", "f,g,h,i,j,k")]
    [InlineData("export default class {}", "default")]
    [InlineData("export default function named() {}", "default")]
    [InlineData("export * as all from './other.js'; export { other as l } from './other.js'; export * from './other.js';", "all,l,other,far")]
    public void Every_form_of_export_is_found(string text, string names)
    {
        var imports = string.Concat(names.Split(',').Select((name, i) => $"import {{ {name} as v{i} }} from './module.js'; "));
        using var decoder = Scripts.Load(
            ("decode.js", imports + Rest + "export const decode = key => [key];"),
            ("module.js", text),
            ("other.js", "export const other = 1; export * from './far.js'; export * from './module.js'; export default 1;"),
            ("far.js", "export const far = 1;"));

        Assert.Equal(["42"], decoder.Decode([42, 0, 0, 0]));
    }

    [Theory]
    [InlineData("import { nope } from './other.js';", "decode.js:1:1: './other.js' doesn't export 'nope'.")]
    [InlineData("import { far, nope } from './other.js';", "decode.js:1:1: './other.js' doesn't export 'nope'.")]
    [InlineData("\n  import x from './other.js';", "decode.js:2:3: './other.js' doesn't export 'default'.")]
    [InlineData("export { nope } from './other.js';", "decode.js:1:1: './other.js' doesn't export 'nope'.")]
    [InlineData("import './broken.js';", "broken.js:1:1: './other.js' doesn't export 'nope'.")]
    [InlineData("import { x } from './n.json' with { type: 'json' };", "decode.js:1:1: './n.json' is JSON, which has no 'x'; write: import names from \"./n.json\" with { type: \"json\" }.")]
    public void A_name_that_is_not_exported_is_refused_at_its_import(string text, string expected) => Assert.Equal(
        $"plugins/disk/{expected}",
        Scripts.LoadError(
            ("decode.js", text),
            ("other.js", "export const other = 1; export * from './far.js';"),
            ("far.js", "export * from './other.js'; export const far = 1; export default 1;"),
            ("broken.js", "import { nope } from './other.js';"),
            ("n.json", "{ \"x\": 1 }")));

    [Theory]
    [InlineData("fs", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("a.js", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("/etc/passwd", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("file:///etc/a.js", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("https://example.com/a.js", "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    [InlineData("../a.js", "leads out of the script's folder; move the file inside.")]
    [InlineData("./lib/../../disk/a.js", "leads out of the script's folder; move the file inside.")]
    [InlineData("./.././a.js", "leads out of the script's folder; move the file inside.")]
    [InlineData(@"./..\\a.js", @"has one of \ ? # % or a control character in it; name the file otherwise.")]
    [InlineData("./%2e%2e/a.js", @"has one of \ ? # % or a control character in it; name the file otherwise.")]
    [InlineData("./a.js?v=1", @"has one of \ ? # % or a control character in it; name the file otherwise.")]
    [InlineData("./a.js\\0", @"has one of \ ? # % or a control character in it; name the file otherwise.")]
    [InlineData("./a", "is neither a .js nor a .json file; write the name with its ending.")]
    [InlineData("./a.ts", "is neither a .js nor a .json file; write the name with its ending.")]
    [InlineData("./", "is neither a .js nor a .json file; write the name with its ending.")]
    [InlineData("./nope.js", "is not there: plugins/disk/nope.js; add the file, or correct the name.")]
    [InlineData("./A.js", "is not there: plugins/disk/A.js; add the file, or correct the name.")]
    public void What_is_no_file_of_the_folder_is_refused(string specifier, string why)
    {
        var shown = specifier.Replace(@"\\", @"\", StringComparison.Ordinal).Replace(@"\0", "?", StringComparison.Ordinal);
        foreach (var statement in new[] { "import {0};", "import * as x from {0};", "export * from {0};", "export {{ x }} from {0};" })
        {
            var text = string.Format(null, statement, $"'{specifier}'");

            Assert.Equal($"plugins/disk/decode.js:1:1: '{shown}' {why}", Scripts.LoadError(("decode.js", text), ("a.js", "export const x = 1;")));
        }
    }

    [Theory]
    [InlineData("import './n.json';", "'./n.json' is JSON; write: import names from \"./names.json\" with { type: \"json\" }.")]
    [InlineData("import n from './n.json' with { type: 'text' };", "'./n.json' is JSON; write: import names from \"./names.json\" with { type: \"json\" }.")]
    [InlineData("import n from './n.json' with { type: 'json', more: 'x' };", "'./n.json' is JSON; write: import names from \"./names.json\" with { type: \"json\" }.")]
    [InlineData("import n from './a.js' with { type: 'json' };", "'./a.js' is no JSON; leave the attributes away.")]
    [InlineData("import n from './a.js' with { more: 'x' };", "'./a.js' is no JSON; leave the attributes away.")]
    public void What_is_JSON_is_imported_as_such(string text, string why) =>
        Assert.Equal($"plugins/disk/decode.js:1:1: {why}", Scripts.LoadError(("decode.js", text), ("a.js", "export default 1;"), ("n.json", "{}")));

    [Fact]
    public void A_file_that_can_not_be_read_says_why() => Assert.Equal(
        "plugins/disk/decode.js:1:1: './a.js' can't be read: the disk is gone.",
        Assert.Throws<ScriptException>(() => Scripts.Load(new ScriptSource(Scripts.Path, "import './a.js';") { Files = new BrokenFiles() })).Message);

    [Fact]
    public void A_script_below_its_folder_imports_from_above_it()
    {
        var source = Scripts.Source(("decode.js", ""), ("names.js", "export const labels = ['value']; export const decode = () => ['above'];"));
        using var decoder = Scripts.Load(new ScriptSource("plugins/disk/labels/disk.js", "export * from '../names.js';") { Name = "labels/disk.js", Files = source.Files });

        Assert.Equal(["above"], decoder.Decode([1, 0, 0, 0]));
        Assert.Equal(["plugins/disk/labels/disk.js", "plugins/disk/names.js"], decoder.Files.Order());
    }

    [Fact]
    public void A_script_without_a_folder_imports_nothing() => Assert.Equal(
        "plugins/disk/decode.js:1:1: './a.js' is not there: plugins/disk/a.js; add the file, or correct the name.",
        Scripts.LoadError("import './a.js';"));

    private sealed class BrokenFiles : IScriptFiles
    {
        public string? Read(string name) => throw new IOException("can't be read: the disk is gone");
    }
}
