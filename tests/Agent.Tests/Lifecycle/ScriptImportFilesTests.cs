using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Scripts on disk, as a plugin's loader has them: what they import, and what has to be watched for it.</summary>
public sealed class ScriptImportFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebpf-agent-test-").FullName;
    private readonly DecoderFactory _decoders = TestPlugin.Decoders();
    private IReadOnlyList<string> _imported = [];

    public ScriptImportFilesTests()
    {
        _decoders.Imported = files => _imported = files;
        Directory.CreateDirectory(In("labels"));
        File.WriteAllText(In("labels/disk.js"), "import { name } from '../lib.js'; export const labels = ['value']; export const decode = key => [name(key)];");
        File.WriteAllText(In("lib.js"), "import names from './names.json' with { type: 'json' }; export const name = key => names[key] ?? 'other';");
        File.WriteAllText(In("names.json"), "{ \"1\": \"one\" }");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_plugins_script_imports_from_all_of_its_folder()
    {
        IKeyDecoder decoder = _decoders.ForScript(In("labels/disk.js"), Key(), _root);

        Assert.Equal(["one"], decoder.Decode([1, 0, 0, 0]));
        Assert.Equal([In("labels/disk.js"), In("lib.js"), In("names.json")], ((ScriptDecoder)decoder).Files.Order(StringComparer.Ordinal));
        Assert.Equal([In("lib.js"), In("names.json")], _imported);
    }

    [Fact]
    public void Another_script_imports_from_the_folder_that_it_lies_in()
    {
        var exception = Assert.Throws<ScriptException>(() => _decoders.ForScript(In("labels/disk.js"), Key()));

        Assert.Equal($"{In("labels/disk.js")}:1:1: '../lib.js' leads out of the script's folder; move the file inside.", exception.Message);
    }

    [Fact]
    public void What_a_script_lacks_is_watched_for()
    {
        File.Delete(In("names.json"));
        var exception = Assert.Throws<ScriptException>(() => _decoders.ForScript(In("labels/disk.js"), Key(), _root));

        Assert.Equal($"{In("lib.js")}:1:1: './names.json' is not there: {In("names.json")}; add the file, or correct the name.", exception.Message);
        Assert.Equal([In("lib.js"), In("names.json")], _imported);
    }

    [Fact]
    public void A_link_out_of_the_folder_fails_the_script_with_its_import()
    {
        File.Delete(In("names.json"));
        File.CreateSymbolicLink(In("names.json"), "/etc/hostname");
        var exception = Assert.Throws<ScriptException>(() => _decoders.ForScript(In("labels/disk.js"), Key(), _root));

        Assert.Equal($"{In("lib.js")}:1:1: './names.json' is a link that leads out of the script's folder, to /etc/hostname; copy the file into the folder.", exception.Message);
    }

    [Fact]
    public void What_several_scripts_import_is_watched_for_all_of_them()
    {
        File.WriteAllText(In("other.js"), "import names from './names.json' with { type: 'json' }; import './labels/disk.js'; export const labels = []; export const decode = () => [];");
        _decoders.ForScript(In("labels/disk.js"), Key(), _root);
        _decoders.ForScript(In("other.js"), Key(), _root);

        Assert.Equal([In("lib.js"), In("names.json"), In("labels/disk.js")], _imported);
    }

    private string In(string path) => Path.Combine(_root, path);

    private static KeyType Key()
    {
        var b = new BtfBuilder();
        int id = b.Int("unsigned int", 4);
        return new KeyType("test.bpf.o", "test", Btf.Parse(b.Build()), id, sizeof(uint));
    }
}
