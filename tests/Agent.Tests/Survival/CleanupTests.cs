using EbpfAgent.Hosting;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

public sealed class CleanupTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly StringWriter _output = new(), _errors = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void What_nobody_holds_is_removed_and_what_a_living_agent_holds_is_kept()
    {
        Pin("Dead/maps/latency", "Dead/links/block", "Held/maps/latency", "Acme%2EDisk/map");
        Write("Dead.state", "Dead.tmp", "Dead.lock", "Dead.holder", "Held.state", "Gone.state");
        using (_folder.Claim("Held"))
        {
            Assert.Equal(0, Clean());
            Assert.Equal(
                [
                    "removed Acme.Disk: 1 pin",
                    "removed Dead: 2 pins, its totals",
                    "removed Gone: 0 pins, its totals",
                    $"kept Held: held by process {Environment.ProcessId} (config {TestFolder.Configuration})",
                ],
                Lines(_output));
            Assert.Equal(["Held.holder", "Held.lock", "Held.state"], _folder.Files);
            Assert.Equal(["Held"], Directory.EnumerateDirectories(_folder.Pins).Select(Path.GetFileName));
            Assert.True(File.Exists(Path.Combine(_folder.Pins, "Held/maps/latency")));
        }

        Assert.Equal(0, Clean());
        Assert.Equal("removed Held: 1 pin, its totals", Lines(_output)[^1]);
        Assert.False(Directory.Exists(_folder.Pins));
        Assert.False(Directory.Exists(_folder.State.Path));
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public void The_leftovers_of_an_agent_that_was_killed_are_removed()
    {
        Write("activity-new", "activity-lock", "activity-holder", "Disk.lock", "Disk.holder");
        Assert.Equal(0, Clean());
        Assert.Equal(["removed Disk: 0 pins"], Lines(_output));
        Assert.False(Directory.Exists(_folder.State.Path));
    }

    [Fact]
    public void Where_there_is_nothing_it_says_so()
    {
        Assert.Equal(0, Clean());
        Assert.Equal([$"nothing to remove in {_folder.Pins} and {_folder.State.Path}"], Lines(_output));
    }

    [Fact]
    public void A_folder_that_is_not_on_a_BPF_file_system_is_left_alone()
    {
        Pin("Precious/data");
        Write("Other.state");
        Assert.Equal(1, new Cleanup(_folder.State, _folder.Pins, MountTable.IsBpf, _output, _errors).Run());
        Assert.Equal(
            [$"ebpf-agent: Precious can't be removed: {_folder.Pins}/Precious is not on a BPF file system, and may be anything; remove it by hand, or correct pinFolder"],
            Lines(_errors));
        Assert.Equal(["removed Other: 0 pins, its totals"], Lines(_output));
        Assert.True(File.Exists(Path.Combine(_folder.Pins, "Precious/data")));
    }

    [Fact]
    public void A_link_is_removed_and_not_followed()
    {
        string elsewhere = Path.Combine(_folder.Root, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Combine(elsewhere, "file"), "");
        Pin("Disk/map");
        File.CreateSymbolicLink(Path.Combine(_folder.Pins, "Disk/link"), elsewhere);
        Assert.Equal(0, Clean());
        Assert.Equal(["removed Disk: 2 pins"], Lines(_output));
        Assert.True(File.Exists(Path.Combine(elsewhere, "file")));
    }

    [Fact]
    public void The_marks_of_crashes_are_removed_unless_an_agent_makes_them()
    {
        CrashJournal journal = CrashJournal.TryOpen(_folder.State, TestFolder.Configuration, TimeProvider.System, out _)!;
        Assert.Equal(0, Clean());
        Assert.Equal($"kept the marks of crashes: held by process {Environment.ProcessId} (config {TestFolder.Configuration})", Lines(_output)[^1]);
        Assert.Contains("activity", _folder.Files);
        journal.Dispose();
        Assert.Equal(0, Clean());
        Assert.Equal("removed the marks of crashes", Lines(_output)[^1]);
        Assert.False(Directory.Exists(_folder.State.Path));
    }

    [Fact]
    public async Task The_command_line_cleans_up_what_the_configuration_names()
    {
        Write("Gone.state");
        string configuration = Path.Combine(_folder.Root, "agent.json");
        await File.WriteAllTextAsync(configuration, """{ "stateFolder": "state", "pinFolder": "pins" }""", TestContext.Current.CancellationToken);
        Assert.Equal(0, await CommandLine.RunAsync(["cleanup", "--config", configuration], _output, _errors));
        Assert.Equal(["removed Gone: 0 pins, its totals"], Lines(_output));
        Assert.False(Directory.Exists(_folder.State.Path));

        File.WriteAllText(configuration, """{ "stateFolder": "agent.json/x" }""");
        Assert.Equal(1, await CommandLine.RunAsync(["cleanup", "--config", configuration], _output, _errors));
        Assert.StartsWith($"ebpf-agent: stateFolder: {configuration}/x can't be made or read: ", Lines(_errors)[^1], StringComparison.Ordinal);
        Assert.Equal(1, await CommandLine.RunAsync(["cleanup", "--config", "/no/agent.json"], _output, _errors));
        Assert.Equal(2, await CommandLine.RunAsync(["cleanup", "DiskLatency"], _output, _errors));
    }

    private int Clean() => new Cleanup(_folder.State, _folder.Pins, static _ => true, _output, _errors).Run();

    private static string[] Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Pin(params string[] names)
    {
        foreach (string name in names)
        {
            string path = Path.Combine(_folder.Pins, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    private void Write(params string[] names)
    {
        foreach (string name in names) File.WriteAllText(Path.Combine(_folder.State.Path, name), "");
    }
}
