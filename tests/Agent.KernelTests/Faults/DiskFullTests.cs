using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>The disk is full in the middle of a copy into the plugin folder.</summary>
public sealed class DiskFullTests : KernelTest
{
    private const int Page = 4096;

    [Fact]
    public async Task What_was_copied_in_part_is_refused_and_taken_up_when_it_is_whole()
    {
        using var disk = new SmallDisk();
        string running = Path.Combine(disk.Path, "Running.dll"), added = Path.Combine(disk.Path, "Added.dll");
        File.Copy(Fixture.PathOf("Good.dll"), running);
        using AgentFolder folder = new AgentFolder($$"""
            "interval": "100ms", "pluginFolders": ["plugins", "{{disk.Path}}"]
            """).WithScript("other", Scripts.Version(1)).Age();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await agent.ScrapeWhenPolledAsync("Running", "other");
        agent.Observe(plugins: 2, times: 5);

        Assert.False(TryCopy("SlowDecoder.dll", added, () => disk.FillUpTo(Page)));
        disk.Free();
        Assert.False(TryCopy("GoodRelabelled.dll", running, () => disk.FillUpTo(Page)));
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.IsIn("Running", "outdated") && scrape.IsIn("Added", "failed"), "both copies refused");
        Assert.True(scrape.HasError("Running", "plugin") && scrape.HasError("Added", "plugin"));
        agent.Observe(plugins: 2, times: 3);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("minor", "2")) == 8 && scrape.Count("ebpf_other", ("version", "1")) == 8, "all events, in the version before and in the other plugin");

        disk.Free();
        Assert.True(TryCopy("SlowDecoder.dll", added));
        Assert.True(TryCopy("GoodRelabelled.dll", running));
        await agent.ReloadWellAsync();
        scrape = await agent.ScrapeAsync();
        Assert.True(scrape.IsIn("Running", "running") && scrape.IsIn("Added", "running"));
        Assert.Equal((1, 1), (scrape.Loads("Running", "reloaded"), scrape.Loads("Added", "loaded")));
        agent.Observe(plugins: 3, times: 2);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("minor", "0x2")) == 2 && scrape.Count("ebpf_other", ("version", "1")) == 10, "the new events");
    }

    // As cp does it: the old content is gone at once, and of the new one what fits is written.
    private static bool TryCopy(string fixture, string to, Action? meanwhile = null)
    {
        using FileStream file = new(to, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
        meanwhile?.Invoke();
        try
        {
            foreach (byte[] page in Fixture.Read(fixture).Chunk(Page)) file.Write(page);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
