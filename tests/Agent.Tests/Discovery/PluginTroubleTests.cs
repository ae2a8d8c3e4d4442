using System.Runtime.InteropServices;
using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

/// <summary>What can't be read, and what never rests.</summary>
public sealed partial class PluginTroubleTests : IDisposable
{
    private readonly WatchedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plugin_folder_that_can_not_be_read_keeps_its_plugins_and_is_said_once()
    {
        _folder.Write("a.dll", "1").Write("b/plugin.json", "{}").Scan();
        for (int i = 0; i < 10; i++) Assert.Empty(ScanAsNobody(_folder.Plugins));
        Assert.StartsWith($"{_folder.Plugins} can't be read: ", Assert.Single(_folder.Problems), StringComparison.Ordinal);
        Assert.Empty(_folder.Settle());
        for (int i = 0; i < 10; i++) ScanAsNobody(_folder.Plugins);
        Assert.Equal(2, _folder.Problems.Count);
    }

    [Fact]
    public void A_plugin_folder_that_can_be_listed_and_not_searched_keeps_its_plugins()
    {
        _folder.Write("a.dll", "1").Write("b/plugin.json", "{}").Write("readme.txt", "").Scan();
        for (int i = 0; i < 10; i++) Assert.Empty(ScanAsNobody(_folder.Plugins, UnixFileMode.OtherRead));
        Assert.StartsWith($"{_folder.Plugins} can't be read: ", Assert.Single(_folder.Problems), StringComparison.Ordinal);
        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void A_folder_above_that_can_not_be_searched_keeps_the_plugins()
    {
        _folder.Write("a.dll", "1").Scan();
        for (int i = 0; i < 10; i++) Assert.Empty(ScanAsNobody(_folder.Root));
        Assert.Empty(_folder.Settle());
    }

    /// <summary>To open it would be to wait for whoever writes into it, and with it the watch of all plugins.</summary>
    [Theory]
    [InlineData("b/plugin.json")]
    [InlineData("b/labels.js")]
    [InlineData("c.bpf.o")]
    [InlineData("d.dll")]
    public void A_pipe_keeps_nobody_waiting(string name)
    {
        _folder.Write("a.dll", "1").Write("b/x.js", "1");
        WatchedFolder.Run("mkfifo", _folder.PathOf(name));
        Assert.Contains(_folder.Settle(), static change => change.Name == "a");
    }

    [Fact]
    public void A_name_that_an_unreadable_folder_has_is_not_taken_by_a_later_one()
    {
        string second = Path.Combine(_folder.Root, "second");
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(second, "a.dll"), "22");
        _folder.Watch = new PluginWatch([_folder.Plugins, second], _folder.Time);
        _folder.Write("a.dll", "1").Scan();
        for (int i = 0; i < 10; i++) Assert.Empty(ScanAsNobody(_folder.Plugins));
        Assert.Empty(_folder.Settle());
    }

    [Theory]
    [InlineData("b")]
    [InlineData("b/lib")]
    [InlineData("b/plugin.json")]
    public void A_plugin_that_can_not_be_read_stays_as_it_is_and_is_said_once(string closed)
    {
        _folder.Write("a.dll", "1").Write("b/plugin.json", "{}").Write("b/lib/x.js", "1").Scan();
        for (int i = 0; i < 10; i++)
        {
            // Also what makes it be read.
            if (closed.EndsWith("json", StringComparison.Ordinal)) _folder.Touch(closed);
            for (int j = 0; j < 5; j++) Assert.Empty(ScanAsNobody(_folder.PathOf(closed)));
        }

        string problem = Assert.Single(_folder.Problems);
        Assert.StartsWith($"{_folder.PathOf("b")} can't be read: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; plugin 'b' stays as it was loaded until its files can be read", problem, StringComparison.Ordinal);
        Assert.Empty(_folder.Settle());
        _folder.Write("b/lib/x.js", "22");
        Assert.Equal(_folder.HashOf("b", "plugin.json", "lib/x.js"), _folder.Changed().ContentHash);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("b/plugin.json")]
    public void A_plugin_that_could_never_be_read_is_reported_with_the_reason_and_again_when_it_can_be(string closed)
    {
        _folder.Write("b/plugin.json", "{}");
        List<PluginChange> changes = [];
        for (int i = 0; i < 20; i++) changes.AddRange(ScanAsNobody(_folder.PathOf(closed)));
        PluginChange change = Assert.Single(changes);
        Assert.Null(change.ContentHash);
        Assert.StartsWith($"{_folder.PathOf("b")} can't be read: ", change.Candidate!.Problem, StringComparison.Ordinal);
        Assert.Equal(_folder.HashOf("b", "plugin.json"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void A_plugin_that_is_removed_while_its_folder_can_not_be_read_is_gone_when_that_is_certain()
    {
        _folder.Write("a.dll", "1").Scan();
        ScanAsNobody(_folder.Plugins);
        File.Delete(_folder.PathOf("a.dll"));
        for (int i = 0; i < 5; i++) Assert.Empty(ScanAsNobody(_folder.Plugins));
        Assert.Equal(new PluginChange("a", null, null), Assert.Single(_folder.Settle()));
    }

    [Fact]
    public void What_is_written_without_end_is_said_once_and_holds_up_no_other()
    {
        _folder.Write("busy.dll", "1").Write("a.dll", "1").Scan();
        List<PluginChange> changes = [];
        for (int i = 0; i < 200; i++)
        {
            _folder.Write("busy.dll", $"{i}");
            if (i == 100) _folder.Write("a.dll", "22");
            changes.AddRange(_folder.Scan());
        }

        Assert.Equal("a", Assert.Single(changes).Name);
        Assert.Equal(
            $"{_folder.PathOf("busy.dll")} has been changing for 30 s without a pause of 1 s; it is taken up once nothing is written to it for so long",
            Assert.Single(_folder.Problems));
        Assert.Equal(_folder.HashOf("", "busy.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void Two_of_one_name_are_said_once_until_it_is_resolved()
    {
        _folder.Write("a.dll", "1").Write("a/a.dll", "1");
        _folder.Settle();
        Assert.Single(_folder.Problems);
        Directory.Delete(_folder.PathOf("a"), recursive: true);
        _folder.Settle();
        _folder.Write("a/a.dll", "1");
        _folder.Settle();
        Assert.Equal(2, _folder.Problems.Count);
    }

    [Fact]
    public void What_is_wrong_for_a_moment_only_is_not_said()
    {
        _folder.Write("a.dll", "1").Scan();
        _folder.Write("a/a.dll", "1").Scan();
        Directory.Delete(_folder.PathOf("a"), recursive: true);
        _folder.Settle();
        Assert.Empty(_folder.Problems);
    }

    [Fact]
    public void A_pipe_is_not_opened()
    {
        _folder.Write("net/plugin.json", "{}");
        Assert.Equal(0, MakePipe(_folder.PathOf("net/pipe.js"), 0x1a4));
        Assert.Equal(("net", null), _folder.Changed() is var change ? (change.Name, change.Candidate!.Problem) : default);
    }

    private IReadOnlyList<PluginChange> ScanAsNobody(string closed, UnixFileMode mode = UnixFileMode.None) => Unprivileged.Run(closed, _folder.Scan, mode);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
