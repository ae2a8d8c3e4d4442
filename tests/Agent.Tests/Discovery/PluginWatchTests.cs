using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

/// <summary>What is reported, and when.</summary>
public sealed class PluginWatchTests : IDisposable
{
    private readonly WatchedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_scan_reports_all_that_is_there_and_the_next_ones_nothing()
    {
        _folder.Write("Disk.dll", "1").Write("net/plugin.json", "{}").Write("net/labels.js", "2").Write("Disk.deps.json", "3").Write("readme.txt", "4");
        Assert.Equal(
            [("Disk", _folder.HashOf("", "Disk.dll", "Disk.deps.json")), ("net", _folder.HashOf("net", "plugin.json", "labels.js"))],
            _folder.Scan().Select(static change => (change.Name, change.ContentHash)));
        Assert.Empty(_folder.Settle(70));
        Assert.Empty(_folder.Problems);
    }

    [Fact]
    public void The_first_scan_leaves_what_may_be_half_written()
    {
        _folder.Write("Old.dll", "1").Write("Young.dll", "2");
        _folder.Begin(File.GetLastWriteTimeUtc(_folder.PathOf("Young.dll")).AddSeconds(0.5));
        File.SetLastWriteTimeUtc(_folder.PathOf("Old.dll"), File.GetLastWriteTimeUtc(_folder.PathOf("Young.dll")).AddSeconds(-1));
        Assert.Equal("Old", Assert.Single(_folder.Scan()).Name);
        Assert.Equal("Young", _folder.Changed().Name);
    }

    [Fact]
    public void A_folder_that_files_are_still_copied_into_with_their_old_times_is_left_by_the_first_scan()
    {
        _folder.Write("net/plugin.json", "{}");
        File.SetLastWriteTimeUtc(_folder.PathOf("net/plugin.json"), DateTime.UnixEpoch);
        _folder.Begin(Directory.GetLastWriteTimeUtc(_folder.PathOf("net")).AddSeconds(0.1));
        Assert.Empty(_folder.Scan());
        _folder.Write("net/labels.js", "1");
        Assert.Equal(_folder.HashOf("net", "plugin.json", "labels.js"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void Times_in_the_future_delay_the_first_report_by_a_quiet_period_and_no_more()
    {
        _folder.Write("Disk.dll", "1");
        File.SetLastWriteTimeUtc(_folder.PathOf("Disk.dll"), DateTime.UnixEpoch.AddYears(200));
        Assert.Empty(_folder.Scan());
        Assert.Equal(_folder.HashOf("", "Disk.dll"), _folder.Changed().ContentHash);
        Assert.Empty(_folder.Problems);
    }

    [Fact]
    public void Setting_the_clock_back_and_forth_changes_nothing()
    {
        _folder.Write("Disk.dll", "1");
        var clock = new JumpingClock();
        var watch = new PluginWatch([_folder.Plugins], clock);
        watch.Scan();
        List<PluginChange> changes = [];
        for (int i = 0; i < 20; i++)
        {
            if (i == 3) _folder.Write("Disk.dll", "22");
            changes.AddRange(watch.Scan());
            clock.Jump();
        }

        Assert.Equal(_folder.HashOf("", "Disk.dll"), Assert.Single(changes).ContentHash);
    }

    [Theory]
    [InlineData("New.dll", "New")]
    [InlineData("new/plugin.json", "new")]
    [InlineData("new/new.dll", "new")]
    public void What_appears_is_known_within_two_seconds(string file, string name)
    {
        _folder.Scan();
        _folder.Write(file, "1");
        Assert.Equal(name, Assert.Single(_folder.Settle(2)).Name);
        Assert.Empty(_folder.Settle());
    }

    [Theory]
    [InlineData("net/net.dll")]
    [InlineData("net/plugin.json")]
    [InlineData("net/labels.js")]
    [InlineData("net/modules/names.mjs")]
    [InlineData("net/net.bpf.o")]
    [InlineData("net/native.so")]
    [InlineData("net/names.yaml")]
    [InlineData("net/names.yml")]
    [InlineData("net/net.deps.json")]
    public void Each_kind_of_file_that_a_plugin_consists_of_is_a_change(string file)
    {
        _folder.Write("net/plugin.json", "{}").Write("net/net.dll", "1").Scan();
        _folder.Write(file, "22");
        string[] files = [.. new[] { "plugin.json", "net.dll", file["net/".Length..] }.Distinct()];
        Assert.Equal(_folder.HashOf("net", files), _folder.Changed().ContentHash);
    }

    [Theory]
    [InlineData("net/log.txt")]
    [InlineData("net/data.bin")]
    [InlineData("net/labels.js~")]
    [InlineData("net/.labels.js.swp")]
    [InlineData("net/4913")]
    [InlineData("net/.git/config.json")]
    [InlineData("Net.pdb")]
    [InlineData("other.json")]
    public void What_a_plugin_writes_beside_itself_is_none(string file)
    {
        _folder.Write("net/plugin.json", "{}").Write("Disk.dll", "1").Scan();
        for (int i = 0; i < 20; i++)
        {
            _folder.Write(file, new string('x', i));
            Assert.Empty(_folder.Scan());
        }

        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void Touching_is_no_change()
    {
        _folder.Write("Disk.dll", "1").Scan();
        _folder.Touch("Disk.dll");
        Assert.Empty(_folder.Settle(40));
        _folder.Write("Disk.dll", "1");
        Assert.Empty(_folder.Settle(40));
    }

    [Fact]
    public void Another_content_of_the_same_length_and_time_is_found_within_half_a_minute()
    {
        _folder.Write("Disk.dll", "1").Scan();
        DateTime written = File.GetLastWriteTimeUtc(_folder.PathOf("Disk.dll"));
        File.WriteAllText(_folder.PathOf("Disk.dll"), "2");
        File.SetLastWriteTimeUtc(_folder.PathOf("Disk.dll"), written);
        Assert.Equal(_folder.HashOf("", "Disk.dll"), Assert.Single(_folder.Settle(31)).ContentHash);
    }

    [Fact]
    public void What_is_removed_is_gone_once()
    {
        _folder.Write("Disk.dll", "1").Write("net/plugin.json", "{}").Scan();
        File.Delete(_folder.PathOf("Disk.dll"));
        Directory.Delete(_folder.PathOf("net"), recursive: true);
        Assert.Equal([new PluginChange("Disk", null, null), new PluginChange("net", null, null)], _folder.Settle());
    }

    [Fact]
    public void Gone_and_back_within_the_quiet_period_is_no_change()
    {
        _folder.Write("Disk.dll", "1").Scan();
        File.Move(_folder.PathOf("Disk.dll"), _folder.PathOf("Disk.bak"));
        Assert.Empty(_folder.Scan());
        Assert.Empty(_folder.Scan());
        File.Move(_folder.PathOf("Disk.bak"), _folder.PathOf("Disk.dll"));
        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void Gone_and_back_after_it_is_two_changes()
    {
        _folder.Write("Disk.dll", "1").Scan();
        File.Move(_folder.PathOf("Disk.dll"), _folder.PathOf("Disk.bak"));
        Assert.Null(Assert.Single(_folder.Settle()).Candidate);
        File.Move(_folder.PathOf("Disk.bak"), _folder.PathOf("Disk.dll"));
        Assert.Equal(_folder.HashOf("", "Disk.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_plugin_that_is_renamed_is_gone_before_it_is_new()
    {
        _folder.Write("b.dll", "1").Scan();
        File.Move(_folder.PathOf("b.dll"), _folder.PathOf("a.dll"));
        Assert.Equal([("b", true), ("a", false)], _folder.Settle().Select(static change => (change.Name, change.Candidate is null)));
    }

    [Fact]
    public void When_the_first_of_a_name_goes_the_second_takes_it()
    {
        string second = Path.Combine(_folder.Root, "second");
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(second, "Disk.dll"), "1");
        _folder.Watch = new PluginWatch([_folder.Plugins, second], _folder.Time);
        _folder.Write("Disk.dll", "1").Scan();
        File.Delete(_folder.PathOf("Disk.dll"));
        Assert.Equal(Path.Combine(second, "Disk.dll"), _folder.Changed().Candidate!.EntryPath);
    }

    [Fact]
    public void A_folder_that_loses_its_DLL_is_reported_with_the_reason()
    {
        _folder.Write("disk/disk.dll", "1").Scan();
        File.Delete(_folder.PathOf("disk/disk.dll"));
        Assert.Equal($"{_folder.PathOf("disk")} is not a plugin: it has no plugin.json, no disk.dll and no BPF object (*.bpf.o)", _folder.Changed().Candidate!.Problem);
    }

    [Fact]
    public void A_plugin_folder_that_goes_takes_its_plugins_with_it()
    {
        _folder.Write("a.dll", "1").Write("b.dll", "2").Scan();
        Directory.Delete(_folder.Plugins, recursive: true);
        Assert.Equal([new PluginChange("a", null, null), new PluginChange("b", null, null)], _folder.Settle());
        Assert.Equal($"{_folder.Plugins} is not there: create it, or name another one in pluginFolders", Assert.Single(_folder.Problems));
    }

    [Fact]
    public void Folders_can_be_changed_while_it_runs()
    {
        string second = Path.Combine(_folder.Root, "second");
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(second, "b.dll"), "22");
        _folder.Write("a.dll", "1").Scan();
        _folder.Watch.SetFolders([second + "/"]);
        Assert.Equal([("a", true), ("b", false)], _folder.Settle().Select(static change => (change.Name, change.Candidate is null)));
    }

    [Fact]
    public void A_forced_scan_reports_at_once_what_differs_and_only_that()
    {
        _folder.Write("a.dll", "1").Write("b.dll", "2").Write("c.dll", "3").Scan();
        DateTime written = File.GetLastWriteTimeUtc(_folder.PathOf("a.dll"));
        File.WriteAllText(_folder.PathOf("a.dll"), "4");
        File.SetLastWriteTimeUtc(_folder.PathOf("a.dll"), written);
        File.Delete(_folder.PathOf("c.dll"));
        _folder.Write("d.dll", "5");
        _folder.Watch.Rescan();
        Assert.Equal([("c", true), ("a", false), ("d", false)], _folder.Scan().Select(static change => (change.Name, change.Candidate is null)));
        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void A_thousand_plugins_are_reported_once_each_and_a_change_among_them_is_one()
    {
        for (int i = 0; i < 1000; i++) _folder.Write($"p{i:d4}.dll", $"{i}");
        Assert.Equal(1000, _folder.Scan().Count);
        _folder.Write("p0500.dll", "another");
        Assert.Equal(("p0500", _folder.HashOf("", "p0500.dll")), _folder.Changed() is var change ? (change.Name, change.ContentHash) : default);
    }

    [Fact]
    public void The_delay_is_twenty_times_what_the_shorter_of_two_scans_takes_and_not_less_than_four_tenths()
    {
        Assert.Equal(TimeSpan.FromSeconds(0.4), _folder.Watch.NextDelay);
        _folder.Scan();
        Assert.Equal(TimeSpan.FromSeconds(0.4), _folder.Watch.NextDelay);
        var slow = new TickingClock();
        var watch = new PluginWatch([_folder.Plugins], slow);
        long before = slow.Reads;
        watch.Scan();
        Assert.Equal(TimeSpan.FromSeconds(slow.Reads - before - 1), watch.NextDelay / 20);
        _folder.Write("a.dll", "").Write("b.dll", "").Write("c.dll", "");
        TimeSpan first = watch.NextDelay;
        watch.Scan();
        Assert.Equal(first, watch.NextDelay);
        watch.Scan();
        Assert.Equal(TimeSpan.FromSeconds(30), watch.NextDelay);
    }

    // The host's clock, thrown about, beside a monotonic one that goes on.
    private sealed class JumpingClock : TimeProvider
    {
        private int _jumps;

        public override long TimestampFrequency => 10;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(100 - (_jumps % 7 * 13));

        public override long GetTimestamp() => _jumps * 4;

        public void Jump() => _jumps++;
    }

    // A second goes by with each look at the clock.
    private sealed class TickingClock : TimeProvider
    {
        public long Reads { get; private set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Reads++;
    }
}
