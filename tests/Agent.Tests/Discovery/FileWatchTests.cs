using System.Text;
using EbpfAgent.Discovery;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Discovery;

public sealed class FileWatchTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ebpf-agent-test-");
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _problems = [];

    public void Dispose() => _folder.Delete(recursive: true);

    private string File => Path.Combine(_folder.FullName, "agent.json");

    [Fact]
    public void What_it_held_when_the_watch_began_is_no_change()
    {
        Write("{}");
        FileWatch watch = Watch();
        Assert.Empty(Settle(watch, 70));
    }

    [Fact]
    public void Another_content_is_one_change_after_a_quiet_period()
    {
        Write("{}");
        FileWatch watch = Watch();
        for (int i = 0; i < 10; i++)
        {
            Write(new string('x', i));
            Assert.Empty(Settle(watch, 0.8));
        }

        Write("{ 1 }");
        Assert.Equal(["{ 1 }"], Settle(watch));
    }

    [Fact]
    public void Touching_is_no_change_and_a_longer_absence_is_one()
    {
        Write("{}");
        FileWatch watch = Watch();
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UnixEpoch);
        Assert.Empty(Settle(watch));
        System.IO.File.Delete(File);
        Assert.Empty(Settle(watch, 0.8));
        Write("{}");
        Assert.Empty(Settle(watch));
        System.IO.File.Delete(File);
        Assert.Equal([null], Settle(watch));
        Write("{}");
        Assert.Equal(["{}"], Settle(watch));
    }

    [Fact]
    public void Forced_it_takes_the_file_as_it_is()
    {
        Write("{}");
        FileWatch watch = Watch();
        watch.Rescan();
        Assert.Null(watch.Scan());
        Write("{ 1 }");
        watch.Rescan();
        Assert.Equal("{ 1 }", Encoding.UTF8.GetString(watch.Scan()!.Content!));
        Assert.Empty(Settle(watch));
    }

    [Fact]
    public void A_link_through_a_link_that_is_replaced_is_a_change()
    {
        foreach (string version in (string[])["1", "2"])
        {
            string folder = _folder.CreateSubdirectory(version).FullName;
            System.IO.File.WriteAllText(Path.Combine(folder, "agent.json"), $"{{ {version} }}");
            System.IO.File.SetLastWriteTimeUtc(Path.Combine(folder, "agent.json"), DateTime.UnixEpoch);
        }

        string data = Path.Combine(_folder.FullName, "data");
        System.IO.File.CreateSymbolicLink(data, "1");
        System.IO.File.CreateSymbolicLink(File, "data/agent.json");
        FileWatch watch = Watch();
        System.IO.File.CreateSymbolicLink(data + ".new", "2");
        WatchedFolder.Run("mv", "-T", data + ".new", data);
        Assert.Equal(["{ 2 }"], Settle(watch));
    }

    [Fact]
    public void A_file_that_can_not_be_read_keeps_what_it_was_and_is_said_once()
    {
        _folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Write("{}");
        FileWatch watch = Watch();
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UnixEpoch);
        Assert.Empty(Unprivileged.Run(File, () => Settle(watch, 10)));
        string problem = Assert.Single(_problems);
        Assert.StartsWith($"{File} can't be read: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; what was read from it before stays in force", problem, StringComparison.Ordinal);
        Assert.Empty(Settle(watch));
        Assert.Empty(Unprivileged.Run(_folder.FullName, () => Settle(watch, 10)));
        Assert.Equal(2, _problems.Count);
    }

    [Fact]
    public void What_is_written_without_end_is_said_once()
    {
        Write("{}");
        FileWatch watch = Watch();
        for (int i = 0; i < 100; i++)
        {
            Write(new string('x', i));
            Assert.Empty(Settle(watch, 0.8));
        }

        Assert.Equal($"{File} has been changing for 30 s without a pause of 1 s; it is taken up once nothing is written to it for so long", Assert.Single(_problems));
    }

    private FileWatch Watch() => new(File, _time);

    private void Write(string text) => System.IO.File.WriteAllText(File, text);

    private List<string?> Settle(FileWatch watch, double seconds = 4)
    {
        List<string?> changes = [];
        for (double at = 0; at < seconds; at += 0.4)
        {
            if (watch.Scan() is { } change) changes.Add(change.Content is null ? null : Encoding.UTF8.GetString(change.Content));
            _problems.AddRange(watch.Problems);
            _time.Advance(TimeSpan.FromSeconds(0.4));
        }

        return changes;
    }
}
