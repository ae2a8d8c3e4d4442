using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Agents;

/// <summary>A good plugin among all that can be wrong with one: nothing of it is lost.</summary>
public sealed class IsolationTests : KernelTest
{
    private const int Observations = 1000;

    private static readonly (string Plugin, string Error)[] Failing =
    [
        ("Garbage", "plugin"), ("Unrelated", "plugin"), ("ThrowingConstructor", "plugin"), ("ThrowingProperty", "plugin"), ("HangingConstructor", "timeout"),
        ("NullHelp", "plugin"), ("empty", "plugin"), ("syntax_error", "script"),
    ];

    [Theory]
    [InlineData("100ms")]
    [InlineData("scrape")]
    public async Task A_good_plugin_among_bad_ones_counts_exactly_and_every_scrape_is_answered(string interval)
    {
        using AgentFolder folder = Lay(interval);
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        // On a busy host its script may take more than one attempt.
        await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_agent_plugin_state", ("plugin", "endless"), ("state", "running")) == "1", "the endless decoder is loaded");
        ObserveAll(agent);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("major", "1"), ("minor", "2")) == Observations, "all observations of the good plugin");
        ObserveAll(agent);
        Scrape scrape = await agent.ScrapeUntilAsync(
            static scrape => scrape.Count("ebpf_good", ("major", "1"), ("minor", "2")) == 2 * Observations && Dropped(scrape, "throwing_decoder") >= 1 && Dropped(scrape, "endless") >= 1,
            "twice as many, and the bad decoders' keys dropped");
        foreach ((string plugin, string error) in Failing)
        {
            Assert.Equal((plugin, "1"), (plugin, scrape.Find("ebpf_agent_plugin_state", ("plugin", plugin), ("state", "failed"))));
            Assert.Equal((plugin, "1"), (plugin, scrape.Find("ebpf_agent_plugin_last_error", ("plugin", plugin), ("error", error))));
        }

        Assert.Null(scrape.Find("ebpf_hanging_decoder_count"));
        Assert.Contains("no name for 1:2", agent.Log, StringComparison.Ordinal);
        (int exitCode, TimeSpan took) = await agent.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.True(took < TimeSpan.FromSeconds(2), $"it took {took}");
    }

    [Fact]
    public async Task A_plugin_that_hangs_delays_no_scrape_for_long()
    {
        using AgentFolder folder = Lay("scrape");
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        ObserveAll(agent);
        await agent.ScrapeAsync();
        await Task.Delay(1100, Cancellation);
        // The first scrape has waited for it in vain; the next ones need not find that out again.
        long started = TimeProvider.System.GetTimestamp();
        Scrape scrape = await agent.ScrapeAsync();
        Assert.Equal("0", scrape.Find("ebpf_agent_plugin_up", ("plugin", "HangingDecoder")));
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_up", ("plugin", "Good")));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(1), $"{TimeProvider.System.GetElapsedTime(started)}");
    }

    private static AgentFolder Lay(string interval) => new AgentFolder($$"""
        "interval": "{{interval}}", "limits": { "loadTimeout": "1s" }
        """)
        .WithDll("Good", "Unrelated", "ThrowingConstructor", "ThrowingProperty", "HangingConstructor", "ThrowingDecoder", "HangingDecoder", "NullHelp")
        .WithFile("Garbage.dll", "MZ and nothing else")
        .WithFile("empty/readme.txt", "no plugin")
        .WithScript("endless", """export const labels = ["x"]; export function decode(key) { for (;;) ; }""")
        .WithScript("syntax_error", "export const labels = [;");

    private static double Dropped(Scrape scrape, string metric) =>
        scrape.Find("ebpf_agent_metric_dropped_keys_total", ("metric", "ebpf_" + metric), ("reason", "decode_failed")) is { } text ? double.Parse(text) : 0;

    // Every plugin here is made of the same program, which attaches to what never happens: the good one and the bad ones get the same events, from us alone.
    private static void ObserveAll(AgentProcess agent)
    {
        foreach (BpfProgramHandle program in KernelIds.Programs(agent.Id, "observe_latency"))
        {
            for (int i = 0; i < Observations; i++) ProgramRun.Observe(program, 3, key: 1UL << 32 | 2, cpu: i % Bpf.PossibleCpus.Count);
            program.Dispose();
        }
    }
}
