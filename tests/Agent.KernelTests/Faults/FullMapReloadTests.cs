using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>A map without room, over reloads: what could not be placed is counted, to the last event and for good.</summary>
public sealed class FullMapReloadTests : KernelTest
{
    private const int Room = 64; // latency.bpf.c

    [Fact]
    public async Task Failed_inserts_go_on_over_reloads()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("full", Scripts.Version(1)).Age();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await using CounterWatch watch = CounterWatch.Of(agent);
        for (ulong key = 0; key < Room + 6; key++) agent.Observe(plugins: 1, times: 1, key: key);
        await SeeAsync(agent, "1", Room, failed: 6);
        Assert.Equal("1", (await agent.ScrapeAsync()).Find("ebpf_agent_map_fill_ratio", ("plugin", "full")));

        // The same map goes on.
        folder.WithFile("full/decode.js", Scripts.Version(2));
        await agent.ReloadWellAsync();
        agent.Observe(plugins: 1, times: 3, key: Room);
        agent.Observe(plugins: 1, times: 2, key: 0);
        await SeeAsync(agent, "2", 2, failed: 9);

        // A new one has room again.
        folder.Overwrite("full/latency.bpf.o", "latency_bounds.bpf.o");
        await agent.ReloadWellAsync();
        for (ulong key = 0; key < Room + 1; key++) agent.Observe(plugins: 1, times: 1, key: key);
        await SeeAsync(agent, "2", 2 + Room, failed: 10);
        await watch.EndAsync();
    }

    private static Task SeeAsync(AgentProcess agent, string version, int events, int failed) => agent.ScrapeUntilAsync(
        scrape => scrape.Count("ebpf_full", ("version", version)) == (ulong)events && scrape.Find("ebpf_agent_map_failed_inserts_total", ("plugin", "full")) == $"{failed}",
        $"{events} events in series, {failed} without room");
}
