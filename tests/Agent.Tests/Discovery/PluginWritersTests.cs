using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

/// <summary>The ways in which files come to be there. Each is one change, with the content that is there in the end.</summary>
public sealed class PluginWritersTests : IDisposable
{
    private readonly WatchedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_grows_is_reported_when_it_is_whole()
    {
        _folder.Scan();
        for (int i = 1; i <= 10; i++)
        {
            _folder.Write("Disk.dll", new string('x', i * 1000));
            Assert.Empty(_folder.Scan());
            Assert.Empty(_folder.Scan());
        }

        Assert.Equal(_folder.HashOf("", "Disk.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_write_while_it_is_read_is_not_half_of_a_change()
    {
        var clock = new MeddlingClock(_folder.Time);
        _folder.Watch = new PluginWatch([_folder.Plugins], clock);
        _folder.Write("net/a.js", "1").Write("net/plugin.json", "{}").Scan();
        _folder.Write("net/a.js", "22").Scan();
        int meddled = 0;
        clock.BetweenLookAndReading = () =>
        {
            if (meddled++ < 5) _folder.Write("net/plugin.json", $"{{ {meddled} }}");
        };
        PluginChange change = Assert.Single(_folder.Settle(12));
        Assert.Equal(_folder.HashOf("net", "a.js", "plugin.json"), change.ContentHash);
        Assert.True(meddled > 5, "nobody meddled");
    }

    [Fact]
    public void A_hundred_events_are_one_change()
    {
        _folder.Write("net/plugin.json", "{}").Scan();
        for (int i = 0; i < 100; i++)
        {
            _folder.Write("net/plugin.json", $"{{ {i} }}");
            if (i % 3 == 0) File.Delete(_folder.PathOf("net/plugin.json"));
            if (i % 5 == 0) Assert.Empty(_folder.Scan());
        }

        _folder.Write("net/plugin.json", "{ last }");
        Assert.Equal(_folder.HashOf("net", "plugin.json"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_rename_into_place()
    {
        _folder.Write("Disk.dll", "1").Scan();
        _folder.Write(".Disk.dll.X1Y2Z3", "22");
        Assert.Empty(_folder.Scan());
        File.Move(_folder.PathOf(".Disk.dll.X1Y2Z3"), _folder.PathOf("Disk.dll"), overwrite: true);
        Assert.Equal(_folder.HashOf("", "Disk.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_copy_over_a_running_plugin()
    {
        _folder.Write("net/net.dll", "1").Scan();
        File.WriteAllText(Path.Combine(_folder.Root, "built.dll"), "another build");
        WatchedFolder.Run("cp", Path.Combine(_folder.Root, "built.dll"), _folder.PathOf("net/net.dll"));
        Assert.Equal(_folder.HashOf("net", "net.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_folder_copied_with_its_old_times()
    {
        string source = Path.Combine(_folder.Root, "built");
        Directory.CreateDirectory(Path.Combine(source, "modules"));
        foreach (string file in (string[])["plugin.json", "labels.js", "modules/names.mjs", "net.bpf.o"])
        {
            File.WriteAllText(Path.Combine(source, file), file);
            File.SetLastWriteTimeUtc(Path.Combine(source, file), DateTime.UnixEpoch.AddYears(30));
        }

        _folder.Scan();
        WatchedFolder.Run("cp", "-a", source, _folder.PathOf("net"));
        Assert.Equal(_folder.HashOf("net", "plugin.json", "labels.js", "modules/names.mjs", "net.bpf.o"), _folder.Changed().ContentHash);
    }

    /// <summary>What vim does: tries whether it may write (4913), moves the original aside, writes a new file, removes the back-up.</summary>
    [Fact]
    public void An_editor_that_saves_by_rename()
    {
        _folder.Write("net/plugin.json", "{}").Write("net/labels.js", "1").Scan();
        Action[] save =
        [
            () => _folder.Write("net/.labels.js.swp", "swap"),
            () => _folder.Write("net/4913", ""),
            () => File.Delete(_folder.PathOf("net/4913")),
            () => File.Move(_folder.PathOf("net/labels.js"), _folder.PathOf("net/labels.js~")),
            () => _folder.Write("net/labels.js", ""),
            () => _folder.Write("net/labels.js", "edited"),
            () => File.Delete(_folder.PathOf("net/labels.js~")),
            () => File.Delete(_folder.PathOf("net/.labels.js.swp")),
        ];
        foreach (Action step in save)
        {
            step();
            Assert.Empty(_folder.Scan());
        }

        Assert.Equal(_folder.HashOf("net", "plugin.json", "labels.js"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_checkout_of_another_branch_and_back()
    {
        _folder.Write("net/plugin.json", "{}").Write("net/labels.js", "main").Write("net/old.js", "main");
        Git("init", "--quiet", "--initial-branch=main");
        Git("add", ".");
        Git("commit", "--quiet", "--message=main");
        Git("checkout", "--quiet", "-b", "work");
        _folder.Write("net/labels.js", "of the other branch").Write("net/lib/new.js", "more");
        File.Delete(_folder.PathOf("net/old.js"));
        Git("add", "--all", ".");
        Git("commit", "--quiet", "--message=work");
        Git("checkout", "--quiet", "main");
        string main = Assert.Single(_folder.Scan()).ContentHash!;
        Git("checkout", "--quiet", "work");
        Assert.Equal(_folder.HashOf("net", "plugin.json", "labels.js", "lib/new.js"), _folder.Changed().ContentHash);
        Git("checkout", "--quiet", "main");
        Assert.Equal(main, _folder.Changed().ContentHash);
    }

    [Theory]
    [InlineData("Disk.dll", "", "Disk.dll")]
    [InlineData("disk", "disk", "disk.dll")]
    public void A_link_that_is_pointed_elsewhere(string link, string folder, string file)
    {
        Release("v1", "1");
        Release("v2", "2");
        WatchedFolder.Run("ln", "-sfn", Target("v1"), _folder.PathOf(link));
        Assert.Equal(_folder.HashOf(folder, file), Assert.Single(_folder.Scan()).ContentHash);
        WatchedFolder.Run("ln", "-sfn", Target("v2"), _folder.PathOf(link));
        Assert.Equal(_folder.HashOf(folder, file), _folder.Changed().ContentHash);

        string Target(string release) => Path.Combine("..", release, link == "disk" ? "" : "disk.dll");
    }

    [Fact]
    public void A_link_above_the_plugins_that_is_replaced_by_rename()
    {
        Release("v1/disk", "1");
        Release("v2/disk", "2");
        string current = Path.Combine(_folder.Root, "current");
        File.CreateSymbolicLink(current, "v1");
        _folder.Watch = new PluginWatch([current], _folder.Time);
        Assert.Equal(_folder.HashOf(current + "/disk", "disk.dll"), Assert.Single(_folder.Scan()).ContentHash);
        File.CreateSymbolicLink(current + ".new", "v2");
        WatchedFolder.Run("mv", "-T", current + ".new", current);
        Assert.Equal(_folder.HashOf(current + "/disk", "disk.dll"), _folder.Changed().ContentHash);
    }

    /// <summary>As Kubernetes lays out a volume: each file a link through ..data, which is replaced.</summary>
    [Fact]
    public void A_link_behind_a_link_that_is_replaced_by_rename()
    {
        foreach (string version in (string[])["..1", "..2"]) _folder.Write($"net/{version}/plugin.json", $"{{ {version} }}");
        File.SetLastWriteTimeUtc(_folder.PathOf("net/..2/plugin.json"), File.GetLastWriteTimeUtc(_folder.PathOf("net/..1/plugin.json")));
        File.CreateSymbolicLink(_folder.PathOf("net/..data"), "..1");
        File.CreateSymbolicLink(_folder.PathOf("net/plugin.json"), "..data/plugin.json");
        Assert.Equal(_folder.HashOf("net", "plugin.json"), Assert.Single(_folder.Scan()).ContentHash);
        File.CreateSymbolicLink(_folder.PathOf("net/..data_tmp"), "..2");
        WatchedFolder.Run("mv", "-T", _folder.PathOf("net/..data_tmp"), _folder.PathOf("net/..data"));
        Assert.Equal(_folder.HashOf("net", "plugin.json"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_link_to_the_same_content_is_no_change()
    {
        Release("v1", "1");
        Release("v2", "1");
        File.CreateSymbolicLink(_folder.PathOf("disk"), "../v1");
        _folder.Scan();
        WatchedFolder.Run("ln", "-sfn", "../v2", _folder.PathOf("disk"));
        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void A_link_to_nothing_says_so()
    {
        Release("v1", "1");
        File.CreateSymbolicLink(_folder.PathOf("Disk.dll"), "../v1/disk.dll");
        _folder.Scan();
        File.Delete(Path.Combine(_folder.Root, "v1/disk.dll"));
        Assert.Equal(
            $"{_folder.PathOf("Disk.dll")} is a symbolic link to ../v1/disk.dll, which is not there; point it to the DLL, or remove it",
            _folder.Changed().Candidate!.Problem);
    }

    private void Release(string name, string content)
    {
        string path = Path.Combine(_folder.Root, name, "disk.dll");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        // Equal in length and time: only the way there differs.
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(50));
    }

    private void Git(params string[] arguments) =>
        WatchedFolder.Run("git", ["-C", _folder.Plugins, "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false", .. arguments]);

    // The watch asks for the host's time before it reads, and after it has looked.
    private sealed class MeddlingClock(TimeProvider time) : TimeProvider
    {
        public Action BetweenLookAndReading { get; set; } = static () => { };

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow()
        {
            BetweenLookAndReading();
            return time.GetUtcNow();
        }
    }
}
