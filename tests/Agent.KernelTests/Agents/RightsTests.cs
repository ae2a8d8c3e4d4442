using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Agents;

/// <summary>The agent as another user than root.</summary>
public sealed class RightsTests : KernelTest
{
    private const string Nobody = "65534";

    [Fact]
    public async Task Without_capabilities_it_serves_and_says_what_its_plugins_lack()
    {
        using AgentFolder folder = new AgentFolder().WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(
            ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", folder.WithAgent(), "--config", folder.Configuration]);
        Scrape scrape = await agent.ScrapeAsync();
        foreach (string plugin in new[] { "DiskLatency", "RunQueueLatency", "syscall-latency", "tcp-retransmits" })
        {
            Assert.Equal("1", scrape.Find("ebpf_agent_plugin_state", ("plugin", plugin), ("state", "failed")));
            Assert.Equal("1", scrape.Find("ebpf_agent_plugin_last_error", ("plugin", plugin), ("error", "permission")));
        }

        Assert.Equal("ready\n", await agent.Http.GetStringAsync("/-/ready", Cancellation));
        Assert.Contains("the agent may not load BPF programs; run it as root, or give it CAP_BPF and CAP_PERFMON", agent.Log, StringComparison.Ordinal);
        Assert.Equal(0, (await agent.TerminateAsync()).ExitCode);
    }

    [Fact]
    public async Task With_CAP_BPF_and_CAP_PERFMON_alone_all_plugins_run()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"200ms\"").WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(
        [
            "setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--inh-caps=-all,+bpf,+perfmon", "--ambient-caps=-all,+bpf,+perfmon",
            "--bounding-set=-all,+bpf,+perfmon", folder.WithAgent(), "--config", folder.Configuration,
        ]);
        Scrape scrape = await agent.ScrapeWhenPolledAsync("DiskLatency", "RunQueueLatency", "syscall-latency", "tcp-retransmits");
        Assert.True(scrape.Count("ebpf_run_queue_latency_seconds", ("cause", "wakeup")) > 0);
        // Eight programs, each behind a dispatcher: that takes no more rights than the programs do.
        Assert.Equal(16, KernelIds.OwnedBy(agent.Id).Count(static one => one.Kind == "prog"));
    }
}
