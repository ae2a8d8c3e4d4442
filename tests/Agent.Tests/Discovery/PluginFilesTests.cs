using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

/// <summary>Which files belong to a plugin.</summary>
public sealed class PluginFilesTests : IDisposable
{
    private readonly WatchedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_lone_DLL_has_the_files_of_its_name_and_no_others()
    {
        _folder.Write("a.dll", "").Write("a.deps.json", "").Write("a.runtimeconfig.json", "").Write("a.bpf.o", "").Write("b.dll", "").Write("b.bpf.o", "").Write("a.js", "").Write("b.deps.json", "");
        Assert.Equal(["a.bpf.o", "a.deps.json", "a.dll", "a.runtimeconfig.json"], Names("a"));
    }

    [Fact]
    public void A_folder_has_what_a_plugin_can_consist_of_down_to_eight_levels()
    {
        string deep = string.Join('/', Enumerable.Range(1, 8));
        _folder.Write("a/a.dll", "").Write("a/x.TXT", "").Write("a/B.SO", "").Write("a/.x.js", "").Write("a/x.js~", "").Write("a/.h/x.js", "").Write($"a/{deep}/x.js", "");
        Assert.Equal([$"{deep}/x.js", "B.SO", "a.dll"], Names("a"));
        Assert.Null(Stamp("a").Limit);
        _folder.Write($"a/{deep}/9/x.js", "");
        Assert.Equal(3, Names("a").Length);
        Assert.StartsWith($"{_folder.PathOf("a")}: {deep}/9 and other folders more than 8 levels deep are not watched", Stamp("a").Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_to_folders_are_followed_once_and_in_no_circle()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "lib"));
        File.WriteAllText(Path.Combine(_folder.Root, "lib/x.js"), "");
        File.CreateSymbolicLink(Path.Combine(_folder.Root, "lib/back"), _folder.PathOf("a"));
        _folder.Write("a/a.dll", "");
        File.CreateSymbolicLink(_folder.PathOf("a/one"), "../../lib");
        File.CreateSymbolicLink(_folder.PathOf("a/two"), "../../lib");
        File.CreateSymbolicLink(_folder.PathOf("a/up"), ".");
        File.CreateSymbolicLink(_folder.PathOf("a/nothing.js"), "nowhere");
        Assert.Equal(["a.dll", "one/x.js"], Names("a"));
        Assert.Null(Stamp("a").Limit);
    }

    [Fact]
    public void Of_too_many_files_only_the_entry_is_watched()
    {
        _folder.Write("a/plugin.json", "{}");
        for (int i = 0; i < PluginFiles.MaxEntries; i++) File.WriteAllText(_folder.PathOf($"a/{i}.js"), "");
        Assert.Equal(["plugin.json"], Names("a"));
        Assert.Equal($"{_folder.PathOf("a")} has more than 10000 files and folders: only plugin.json is watched for changes; move what is no part of the plugin elsewhere", Stamp("a").Limit);
        Assert.Single(_folder.Settle());
        Assert.Equal(Stamp("a").Limit, Assert.Single(_folder.Problems));
    }

    [Fact]
    public void A_file_that_is_too_large_to_be_read_is_known_by_its_length_and_time()
    {
        _folder.Write("a/a.dll", "").Write("a/large.json", "1");
        using (FileStream large = File.OpenWrite(_folder.PathOf("a/large.json"))) large.SetLength(ContentHash.MostBytes + 1);
        _folder.Scan();
        _folder.Touch("a/large.json");
        Assert.Single(_folder.Settle());
        Assert.Empty(_folder.Settle(40));
    }

    [Fact]
    public void Two_looks_at_the_same_are_equal_and_a_log_beside_changes_nothing()
    {
        _folder.Write("a/plugin.json", "{}");
        PluginStamp before = Stamp("a");
        _folder.Write("a/log.txt", "1");
        Assert.Equal(before, Stamp("a"));
        Assert.Equal(before.GetHashCode(), Stamp("a").GetHashCode());
        _folder.Touch("a/plugin.json");
        Assert.NotEqual(before, Stamp("a"));
    }

    private string[] Names(string plugin) => [.. Stamp(plugin).Files.Select(static file => file.Name)];

    private PluginStamp Stamp(string plugin) =>
        PluginFiles.Stamp(PluginScan.Scan([_folder.Plugins]).Candidates.Single(candidate => candidate.Name == plugin), RealPath.Of(_folder.Plugins)!.FullName, [])!;
}
