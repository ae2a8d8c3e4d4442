using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>Plugins that take their time, or never come back, cost nobody else a poll and nobody a scrape.</summary>
public sealed class SlowPluginTests : KernelTest
{
    // An age of data that a plugin which is polled ten times a second never reaches unless something holds it up.
    private const double MostAge = 1;
    private static readonly TimeSpan MostScrape = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Long_polls_and_polls_without_an_end_delay_no_other_plugin_and_no_scrape()
    {
        using AgentFolder folder = new AgentFolder("""
            "interval": "100ms", "plugins": { "SlowDecoder": { "interval": "1s" } }
            """).WithDll("Good", "SlowDecoder", "HangingDecoder", "ThrowingDecoder").Age();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await agent.ScrapeWhenPolledAsync("Good", "SlowDecoder", "HangingDecoder", "ThrowingDecoder");
        // Nearly always the news of one poll; if not, of two of which one takes three seconds or both take two.
        ulong[] keys = [1, 2, 3, 4];
        foreach (ulong key in keys) agent.Observe(plugins: 4, times: 1, key: key);
        long started = TimeProvider.System.GetTimestamp();
        bool wasSlow = false;
        int events = 1;
        Scrape scrape;
        do
        {
            agent.Observe(plugins: 4, times: 1, key: 1);
            events++;
            long asked = TimeProvider.System.GetTimestamp();
            scrape = await agent.ScrapeAsync();
            Assert.True(TimeProvider.System.GetElapsedTime(asked) < MostScrape, $"a scrape took {TimeProvider.System.GetElapsedTime(asked)}");
            Assert.InRange(scrape.Number("ebpf_agent_plugin_data_age_seconds", ("plugin", "Good")), 0, MostAge);
            wasSlow |= scrape.Find("ebpf_agent_plugin_up", ("plugin", "SlowDecoder")) == "0";
            await Task.Delay(100, Cancellation);
        }
        while (scrape.Samples.Count(static sample => sample.Name == "ebpf_slow_decoder_count") < keys.Length && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));

        scrape = await agent.ScrapeUntilAsync(
            scrape => scrape.Count("ebpf_slow_decoder", ("minor", "1")) == (ulong)events && scrape.Count("ebpf_good", ("minor", "1")) == (ulong)events, $"{events} events in the slow plugin and in the good one");
        Assert.True(wasSlow, "a poll of four seconds was not said to hang");
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_up", ("plugin", "SlowDecoder")));
        Assert.Equal("0", scrape.Find("ebpf_agent_plugin_up", ("plugin", "HangingDecoder")));
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_up", ("plugin", "ThrowingDecoder")));
        Assert.True(scrape.Number("ebpf_agent_metric_dropped_keys_total", ("plugin", "ThrowingDecoder"), ("reason", "decode_failed")) >= keys.Length);
    }

    /// <summary>A version whose decoder hangs at a live key never comes back from its trial, or from its poll: either way another one can take its place.</summary>
    [Fact]
    public async Task A_plugin_whose_poll_hangs_can_be_repaired()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithFixture("Hanging/Hanging.dll", "HangingDecoder.dll").Age();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await agent.ScrapeWhenPolledAsync("Hanging");
        agent.Observe(plugins: 1, times: 5);
        await agent.ScrapeUntilAsync(static scrape => scrape.Number("ebpf_agent_plugin_data_age_seconds", ("plugin", "Hanging")) > 0.5, "the poll that hangs");
        folder.Overwrite("Hanging/Hanging.dll", "Good.dll");
        await agent.ReloadWellAsync();
        await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_agent_plugin_up", ("plugin", "Hanging")) == "1" && scrape.Count("ebpf_good", ("major", "1")) == 5, "the version that takes over, with all that the map holds");
    }
}
