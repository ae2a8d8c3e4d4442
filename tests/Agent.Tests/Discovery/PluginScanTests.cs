using EbpfAgent.Discovery;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Discovery;

public sealed class PluginScanTests : IDisposable
{
    private readonly AgentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Disk.dll", "Disk", "Disk.dll", nameof(PluginForm.Dll))]
    [InlineData("Disk.DLL", "Disk", "Disk.DLL", nameof(PluginForm.Dll))]
    [InlineData("Disk/Disk.dll", "Disk", "Disk/Disk.dll", nameof(PluginForm.Dll))]
    [InlineData("disk/Other.dll", "disk", "disk/Other.dll", nameof(PluginForm.Dll))]
    [InlineData("disk/plugin.json", "disk", "disk/plugin.json", nameof(PluginForm.Manifest))]
    [InlineData("disk.bpf.o", "disk", "disk.bpf.o", nameof(PluginForm.Object))]
    [InlineData("disk.dll disk.bpf.o", "disk", "disk.dll", nameof(PluginForm.Dll))]
    [InlineData("disk/io.bpf.o", "disk", "disk/io.bpf.o", nameof(PluginForm.Object))]
    [InlineData("disk.yaml disk.bpf.o", "disk", "disk.yaml", nameof(PluginForm.ExporterConfiguration))]
    [InlineData("disk/io.yaml disk/io.bpf.o disk/other.yaml", "disk", "disk/io.yaml", nameof(PluginForm.ExporterConfiguration))]
    [InlineData("disk/disk.bpf.o disk/other.bpf.o", "disk", "disk/disk.bpf.o", nameof(PluginForm.Object))]
    public void A_plugin_is_a_file_or_a_folder_that_has_one(string files, string name, string entry, string form)
    {
        foreach (string one in files.Split(' ')) _folder.WithFile(one, "");
        string file = files.Split(' ')[0];
        PluginCandidate found = Assert.Single(Scan().Candidates);
        Assert.Equal((name, PathOf(entry), null), (found.Name, found.EntryPath, found.Problem));
        Assert.Equal(PathOf(file.Split('/')[0]), found.Path);
        Assert.Equal(form, found.Form.ToString());
    }

    [Theory]
    [InlineData(".Disk.dll")]
    [InlineData("Disk.dll~")]
    [InlineData("#Disk.dll#")]
    [InlineData(".git/Disk.dll")]
    [InlineData("Disk.dll.swp")]
    [InlineData("Disk.dll.tmp")]
    [InlineData("Disk.pdb")]
    [InlineData("Disk.deps.json")]
    [InlineData("plugin.schema.json")]
    [InlineData("plugin.json")]
    [InlineData("readme.txt")]
    [InlineData("compose.yaml")]
    [InlineData("disk.o")]
    [InlineData("EbpfAgent.Abstractions.dll")]
    public void What_lies_beside_plugins_is_none(string file)
    {
        _folder.WithFile(file, "");
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = Scan();
        Assert.Empty(candidates);
        Assert.Empty(problems);
    }

    [Fact]
    public void A_manifest_goes_before_a_DLL_and_the_folders_own_DLL_before_others()
    {
        _folder.WithFile("a/plugin.json", "").WithFile("a/a.dll", "").WithFile("b/b.dll", "").WithFile("b/dependency.dll", "");
        Assert.Equal([PathOf("a/plugin.json"), PathOf("b/b.dll")], Scan().Candidates.Select(static found => found.EntryPath));
    }

    [Fact]
    public void The_contract_beside_a_folders_only_DLL_does_not_count()
    {
        _folder.WithFile("disk/Other.dll", "").WithFile("disk/EbpfAgent.Abstractions.dll", "");
        Assert.Equal(PathOf("disk/Other.dll"), Assert.Single(Scan().Candidates).EntryPath);
    }

    [Theory]
    [InlineData("x/readme.txt", "is not a plugin: it has no plugin.json, no x.dll and no BPF object (*.bpf.o)")]
    [InlineData("x/a.bpf.o x/b.bpf.o", "is not a plugin: it has a.bpf.o, b.bpf.o, and neither a plugin.json nor one that is called x; give each a folder of its own, or put them beside this folder")]
    [InlineData("x/a.dll x/b.dll", "is not a plugin: it has no plugin.json and no x.dll (and 2 other DLLs, of which none is the folder's)")]
    public void A_folder_that_is_no_plugin_says_why(string files, string problem)
    {
        foreach (string file in files.Split(' ')) _folder.WithFile(file, "");
        PluginCandidate found = Assert.Single(Scan().Candidates);
        Assert.Equal((null, $"{PathOf("x")} {problem}"), (found.EntryPath, found.Problem));
    }

    [Fact]
    public void Candidates_come_in_the_order_of_their_names_whatever_their_case()
    {
        _folder.WithFile("c.dll", "").WithFile("B.dll", "").WithFile("a/a.dll", "").WithFile("D/plugin.json", "");
        Assert.Equal(["a", "B", "c", "D"], Scan().Candidates.Select(static found => found.Name));
    }

    [Theory]
    [InlineData("Disk.dll", "Disk/Disk.dll", "Disk.dll", "Disk")]
    [InlineData("DISK.dll", "disk.dll", "disk.dll", "DISK.dll")]
    public void Of_two_of_one_name_the_first_in_the_folder_stays(string one, string other, string ignored, string kept)
    {
        _folder.WithFile(one, "").WithFile(other, "");
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = Scan();
        Assert.Equal(PathOf(kept), Assert.Single(candidates).Path);
        Assert.Equal($"{PathOf(ignored)} is ignored: {PathOf(kept)} is a plugin of the same name; rename one of them", Assert.Single(problems));
    }

    [Fact]
    public void The_first_folder_that_has_a_name_keeps_it()
    {
        _folder.WithFile("Disk.dll", "");
        using AgentFolder second = new AgentFolder().WithFile("Disk.dll", "").WithFile("Net.dll", "");
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = PluginScan.Scan([_folder.Plugins, second.Plugins]);
        Assert.Equal([PathOf("Disk.dll"), Path.Combine(second.Plugins, "Net.dll")], candidates.Select(static found => found.Path));
        Assert.StartsWith(Path.Combine(second.Plugins, "Disk.dll") + " is ignored:", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said_and_the_others_are_read()
    {
        _folder.WithFile("Disk.dll", "");
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = PluginScan.Scan(["/no/such/folder", _folder.Plugins]);
        Assert.Single(candidates);
        Assert.Equal("/no/such/folder is not there: create it, or name another one in pluginFolders", Assert.Single(problems));
    }

    [Fact]
    public void A_file_in_place_of_a_folder_is_said()
    {
        _folder.WithFile("Disk.dll", "");
        Assert.Equal($"{PathOf("Disk.dll")} is a file: name the folder that it lies in, in pluginFolders", Assert.Single(PluginScan.Scan([PathOf("Disk.dll")]).Problems));
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_said()
    {
        _folder.WithFile("Disk.dll", "");
        (IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<string> problems) = Unprivileged.Run(_folder.Plugins, () => Scan());
        Assert.Empty(candidates);
        Assert.StartsWith($"{_folder.Plugins} can't be read: ", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_may_not_be_read_hides_no_other()
    {
        _folder.WithFile("Disk.dll", "").WithFile("secret/secret.dll", "").WithFile("zfs/plugin.json", "");
        IReadOnlyList<PluginCandidate> candidates = Unprivileged.Run(PathOf("secret"), () => Scan()).Candidates;
        Assert.Equal(["Disk", "secret", "zfs"], candidates.Select(static found => found.Name));
        Assert.Equal([true, false, true], candidates.Select(static found => found.Problem is null));
    }

    private string PathOf(string file) => Path.Combine(_folder.Plugins, file);

    private PluginListing Scan() => PluginScan.Scan([_folder.Plugins]);
}
