using System.Diagnostics;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

public sealed class ScriptFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebpf-agent-test-").FullName;
    private readonly string _folder;

    public ScriptFilesTests()
    {
        _folder = In("plugin");
        Directory.CreateDirectory(In("plugin/lib"));
        Directory.CreateDirectory(In("plugin-of-another"));
        File.WriteAllText(In("secret.js"), "export const secret = 1;");
        File.WriteAllText(In("plugin-of-another/a.js"), "export const secret = 1;");
        File.WriteAllText(In("plugin/a.js"), "a");
        File.WriteAllText(In("plugin/lib/b.json"), "\ufeff{}");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Files_of_the_folder_are_read_without_their_mark()
    {
        Assert.Equal("a", Read("a.js"));
        Assert.Equal("{}", Read("lib/b.json"));
    }

    [Theory]
    [InlineData("nope.js")]
    [InlineData("lib/nope.js")]
    [InlineData("nope/a.js")]
    [InlineData("a.js/b.js")]
    public void What_is_not_there_is_null(string name) => Assert.Null(Read(name));

    [Fact]
    public void A_missing_folder_has_no_files() => Assert.Null(new ScriptFiles(In("none")).Read("a.js"));

    [Theory]
    [InlineData("../secret.js", "plugin/link.js", "link.js", "secret.js")]
    [InlineData("../plugin-of-another/a.js", "plugin/link.js", "link.js", "plugin-of-another/a.js")]
    [InlineData("..", "plugin/up", "up/secret.js", "secret.js")]
    [InlineData("../../plugin-of-another", "plugin/lib/other", "lib/other/a.js", "plugin-of-another/a.js")]
    [InlineData("lib/../../secret.js", "plugin/link.js", "link.js", "secret.js")]
    public void A_link_does_not_lead_out_of_the_folder(string target, string link, string name, string reached)
    {
        File.CreateSymbolicLink(In(link), target);

        Assert.Equal($"is a link that leads out of the script's folder, to {In(reached)}; copy the file into the folder", Error(name));
    }

    [Fact]
    public void An_absolute_link_does_not_either()
    {
        File.CreateSymbolicLink(In("plugin/link.js"), In("secret.js"));
        File.CreateSymbolicLink(In("plugin/passwd.js"), "/etc/passwd");

        Assert.Equal($"is a link that leads out of the script's folder, to {In("secret.js")}; copy the file into the folder", Error("link.js"));
        Assert.Equal("is a link that leads out of the script's folder, to /etc/passwd; copy the file into the folder", Error("passwd.js"));
    }

    /// <summary>As Kubernetes mounts a ConfigMap: each file a link through a link to the folder of this version.</summary>
    [Fact]
    public void Links_within_the_folder_are_followed()
    {
        Directory.CreateDirectory(In("plugin/..2026_11_28"));
        File.WriteAllText(In("plugin/..2026_11_28/names.js"), "names");
        File.CreateSymbolicLink(In("plugin/..data"), "..2026_11_28");
        File.CreateSymbolicLink(In("plugin/names.js"), "..data/names.js");
        File.CreateSymbolicLink(In("plugin/again.js"), In("plugin/a.js"));

        Assert.Equal("names", Read("names.js"));
        Assert.Equal("a", Read("again.js"));
    }

    [Fact]
    public void The_folder_itself_may_be_a_link()
    {
        File.CreateSymbolicLink(In("current"), "plugin");

        Assert.Equal("a", new ScriptFiles(In("current")).Read("a.js"));
    }

    [Fact]
    public void A_loop_of_links_is_an_error()
    {
        File.CreateSymbolicLink(In("plugin/loop.js"), "loop.js");

        Assert.Contains("Too many levels of symbolic links", Error("loop.js"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_module()
    {
        Directory.CreateDirectory(In("plugin/folder.js"));

        Assert.Equal("is a folder; name a file in it", Error("folder.js"));
    }

    [Fact]
    public void A_huge_file_is_not_read()
    {
        using (FileStream file = File.Create(In("plugin/huge.json"))) file.SetLength(1L << 40);

        Assert.Equal($"has {1L << 40} bytes, and 3145728 is the most; leave out what no label needs", Error("huge.json"));
    }

    [Fact]
    public void A_pipe_is_empty_and_keeps_nobody_waiting()
    {
        using Process made = Process.Start("mkfifo", In("plugin/pipe.js"));
        made.WaitForExit();

        Assert.Equal("", Read("pipe.js"));
    }

    [Fact]
    public void What_was_asked_for_is_known_missing_or_not()
    {
        var files = new ScriptFiles(_folder);
        files.Read("lib/b.json");
        files.Read("nope.js");

        Assert.Equal([In("plugin/lib/b.json"), In("plugin/nope.js")], files.Asked);
    }

    [Fact]
    public void A_script_is_opened_with_its_folder()
    {
        ScriptSource source = new ScriptFiles(_folder).Open(In("plugin/lib/../a.js"));
        Assert.Equal((In("plugin/a.js"), "a.js", "a"), (source.Path, source.Name, source.Text));
        Assert.Equal(In("plugin/lib/b.json"), source.PathOf("lib/b.json"));
        Assert.Equal("{}", source.Files.Read("lib/b.json"));

        var missing = Assert.Throws<PluginException>(() => new ScriptFiles(_folder).Open(In("plugin/nope.js")));
        Assert.Equal($"the script {In("plugin/nope.js")} is not there; build it, or correct its name", missing.Message);
        Assert.Throws<PluginException>(() => new ScriptFiles(_folder).Open(In("secret.js")));
    }

    private string In(string path) => Path.Combine(_root, path);

    private string? Read(string name) => new ScriptFiles(_folder).Read(name);

    private string Error(string name) => Assert.ThrowsAny<IOException>(() => Read(name)).Message;
}
