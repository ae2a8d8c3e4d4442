using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>A manifest is saved that reads the same map in another way: what was counted goes on, and what the map holds already is counted no second time.</summary>
public sealed class ReadingReloadTests : KernelTest
{
    [Fact]
    public async Task A_counter_of_another_field_goes_on_from_where_it_was() => await ChangeAsync(
        "count_hash",
        """{ "map": "hash", "name": "m", "type": "counter", "value": "packets" }""",
        """{ "map": "hash", "name": "m", "type": "counter", "value": "io.bytes" }""",
        before: "10",
        // Ten packets, and from then on bytes.
        after: "510");

    [Fact]
    public async Task A_counter_of_another_scale_keeps_its_count() => await ChangeAsync(
        "count_hash",
        """{ "map": "hash", "name": "m", "type": "counter", "value": "packets" }""",
        """{ "map": "hash", "name": "m", "type": "counter", "value": "packets", "scale": 10 }""",
        before: "10",
        after: "150");

    [Fact]
    public async Task CPUs_that_are_labelled_begin_anew() => await ChangeAsync(
        "count_percpu_hash",
        """{ "map": "percpu_hash", "name": "m", "type": "counter", "value": "packets" }""",
        """{ "map": "percpu_hash", "name": "m", "type": "counter", "value": "packets", "cpus": "label" }""",
        before: "10",
        after: "5");

    [Fact]
    public async Task CPUs_that_are_summed_again_begin_anew() => await ChangeAsync(
        "count_percpu_hash",
        """{ "map": "percpu_hash", "name": "m", "type": "counter", "value": "packets", "cpus": "label" }""",
        """{ "map": "percpu_hash", "name": "m", "type": "counter", "value": "packets" }""",
        before: "10",
        after: "5");

    [Fact]
    public async Task A_gauge_of_another_field_is_that_field() => await ChangeAsync(
        "count_hash",
        """{ "map": "hash", "name": "m", "type": "gauge", "value": "packets" }""",
        """{ "map": "hash", "name": "m", "type": "gauge", "value": "balance" }""",
        before: "10",
        after: "-15");

    [Fact]
    public async Task More_buckets_of_the_same_map_count_nothing_twice() => await ChangeAsync(
        "observe_all",
        """{ "map": "first", "name": "m", "buckets": { "form": "exp2", "last": 8 } }""",
        """{ "map": "first", "name": "m", "buckets": { "form": "exp2", "last": 10 } }""",
        before: "10",
        after: "15",
        fixture: "metrics_buckets.bpf.o",
        sample: "ebpf_m_count");

    private static async Task ChangeAsync(string program, string first, string second, string before, string after, string fixture = "metrics_maps.bpf.o", string sample = "ebpf_m")
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithMetrics("changed", fixture, first);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("changed");
        Observe(agent, program, 10);
        await agent.ScrapeUntilAsync(scrape => scrape.Find(sample) == before, before);
        folder.WithFile("changed/plugin.json", MetricFolder.Manifest([second]));
        await agent.ReloadWellAsync();
        await agent.ScrapeUntilAsync(static scrape => scrape.Loads("changed", "reloaded") == 1, "the reload");
        // A poll of the new version, which is its baseline.
        double polls = (await agent.ScrapeAsync()).Number("ebpf_agent_plugin_polls_total", ("plugin", "changed"));
        await agent.ScrapeUntilAsync(scrape => scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", "changed")) > polls + 1, "a poll");
        Observe(agent, program, 5);
        Scrape scrape = await agent.ScrapeUntilAsync(scrape => scrape.Find(sample) == after, after, within: TimeSpan.FromSeconds(3));
        Assert.Equal(0, scrape.Loads("changed", "failed"));
    }

    private static void Observe(AgentProcess agent, string program, int times)
    {
        using BpfProgramHandle handle = KernelIds.Programs(agent.Id, KernelName(program))[0];
        for (int i = 0; i < times; i++) ProgramRun.Observe(handle, 100, key: 7);
    }

    // The kernel keeps 15 characters.
    private static string KernelName(string program) => program.Length > 15 ? program[..15] : program;
}
