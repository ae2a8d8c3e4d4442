using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>Folders that the agent may not read any more. Root may read all, so this agent is somebody else, with the two capabilities that it needs.</summary>
public sealed class UnreadableTests : KernelTest
{
    private const string Nobody = "65534";
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public async Task A_plugin_that_can_not_be_read_any_more_stays_as_it_was_loaded()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("script", Scripts.Version(1)).WithDll("Good");
        string program = folder.WithAgent();
        using AgentProcess agent = await AgentProcess.StartAsync(
        [
            "setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--inh-caps=-all,+bpf,+perfmon", "--ambient-caps=-all,+bpf,+perfmon",
            "--bounding-set=-all,+bpf,+perfmon", program, "--config", folder.Age().Configuration,
        ]);
        await agent.ScrapeWhenPolledAsync("script", "Good");
        agent.Observe(plugins: 2, times: 1);

        await LockAsync(folder.In("script"), "plugin 'script' stays as it was loaded until its files can be read");
        await LockAsync(folder.Plugins, $"{folder.Plugins} can't be read: ");
        // What has changed meanwhile is seen afterwards.
        folder.WithFile("script/decode.js", Scripts.Version(2));
        File.SetUnixFileMode(folder.In("script"), Readable);
        File.SetUnixFileMode(folder.Plugins, Readable);
        await agent.ScrapeUntilAsync(static scrape => scrape.Loads("script", "reloaded") == 1, "the changed script");
        agent.Observe(plugins: 2, times: 3);
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("version", "2")) == 3 && scrape.Count("ebpf_good", ("major", "1")) == 6, "all events");
        Assert.Equal((0, 1), (scrape.Loads("Good", "reloaded"), scrape.Loads("script", "loaded")));

        async Task LockAsync(string path, string said)
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
            await agent.ReloadWellAsync();
            await agent.SaysAsync(said);
            agent.Observe(plugins: 2, times: 1);
            Scrape scrape = await agent.ScrapeAsync();
            Assert.True(scrape.IsIn("script", "running") && scrape.IsIn("Good", "running"));
        }
    }
}
