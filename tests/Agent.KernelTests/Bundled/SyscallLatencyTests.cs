using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bundled;

/// <summary>System calls. Every process makes them, so the exact counts are those of a call that nobody else makes.</summary>
public sealed class SyscallLatencyTests : KernelTest, IDisposable
{
    private const string Family = "syscall_latency_seconds";
    private const int Calls = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ebpf-agent-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void N_calls_are_N()
    {
        using PolledPlugin plugin = LoadByNumber();
        ulong before = Count(plugin);
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        Assert.Equal(before + Calls, Count(plugin));
        Assert.Equal(0UL, plugin["syscall_latency"].FailedInserts);
    }

    [Fact]
    public void Programs_that_are_not_attached_count_nothing()
    {
        using PolledPlugin plugin = LoadByNumber();
        plugin.Running.Object.Detach();
        ulong before = Count(plugin);
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        Assert.Equal(before, Count(plugin));
    }

    [Fact]
    public void The_bundled_script_counts_the_reads_of_dd_and_drops_what_only_waits()
    {
        using PolledPlugin plugin = BundledPlugin.Load("syscall-latency");
        ulong before = plugin.Poll().Count(Family, ("syscall", "read"));
        Shell.Run("dd", "if=/dev/zero", "of=/dev/null", "bs=1", $"count={Calls}");
        Scrape scrape = plugin.Poll();
        // All others' reads in this moment come on top. dd alone makes these, and not one of them may be missing.
        Assert.True(scrape.Count(Family, ("syscall", "read")) - before >= Calls);
        string[] known = ["read", "write", "open", "close", "sync", "stat", "other file", "network send", "network receive", "other network", "memory", "process", "other"];
        Assert.All(scrape.Samples.Where(static sample => sample.Name == Family + "_count"), sample => Assert.Contains(sample.Labels["syscall"], known));
        Assert.True(plugin["syscall_latency"].Families[0].Drops[Series.DropReason.Filtered] > 0, "a wait for dd's end is dropped");
    }

    private static ulong Count(PolledPlugin plugin) => plugin.Poll().Count(Family, ("nr", $"{LinuxThread.RoundRobinIntervalNumber}"));

    // The bundled object with another script: a label for each number.
    private PolledPlugin LoadByNumber()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(BundledPlugin.Folder, "syscall-latency")))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(_folder.FullName, "syscalls.js"), """export const labels = ["nr"]; export const decode = key => [key.nr];""");
        return BundledPlugin.Load(_folder.FullName);
    }
}
