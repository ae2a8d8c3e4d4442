using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;
using EbpfAgent.Tests.Survival;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Counters go on after a kill of the agent, and gauges are what the map holds.</summary>
public sealed class NumberSurvivalTests : KernelTest, IDisposable
{
    private const string Plugin = "counts";

    private readonly AgentFolder _folder = new AgentFolder($$"""
        "interval": "100ms", "plugins": { "{{Plugin}}": { "survive": true } }
        """).WithMetrics(
        Plugin,
        "metrics_maps.bpf.o",
        """{ "map": "hash", "name": "plain", "type": "counter", "value": "packets" }""",
        """{ "map": "hash", "name": "level", "type": "gauge", "value": "balance" }""",
        """{ "map": "percpu_hash", "name": "apart", "type": "counter", "value": "io.bytes", "cpus": "label" }""");

    public NumberSurvivalTests() => BpfFileSystem.Require();

    public void Dispose()
    {
        PinnedObject.Remove(Path.Combine(_folder.Pins, Plugin, "current"));
        if (Directory.Exists(_folder.Pins)) Directory.Delete(_folder.Pins, recursive: true);
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_event_is_counted_once_over_three_kills()
    {
        _folder.Age();
        int made = 0;
        for (int round = 0; round < 4; round++)
        {
            using AgentProcess agent = await AgentProcess.StartAsync(_folder);
            await agent.ScrapeWhenPolledAsync(Plugin);
            using BpfProgramHandle plain = Program(agent, "count_hash"), apart = Program(agent, "count_percpu_ha");
            made += 10;
            Observe(plain, apart, 10);
            if (round % 2 == 0) await SeeAsync(agent, made);
            // Perhaps no poll has seen these, and none has seen those that come after.
            Observe(plain, apart, 5);
            SurvivalFolder.Kill(agent);
            Observe(plain, apart, 2);
            made += 7;
        }

        using AgentProcess last = await AgentProcess.StartAsync(_folder);
        Scrape scrape = await SeeAsync(last, made);
        Assert.DoesNotContain("starts clean", last.Log, StringComparison.Ordinal);
        Assert.Equal($"{made * 100}", scrape.Find("ebpf_apart", ("id", "7"), ("cpu", "0")));
    }

    [Fact]
    public async Task What_only_the_agent_knew_survives_as_well()
    {
        using (AgentProcess first = await AgentProcess.StartAsync(_folder.Age()))
        {
            await first.ScrapeWhenPolledAsync(Plugin);
            using BpfProgramHandle plain = Program(first, "count_hash"), apart = Program(first, "count_percpu_ha");
            Observe(plain, apart, 100);
            await SeeAsync(first, 100);
            // The same label set by another way, and one that begins anew: the map holds 100 that the new one has not counted.
            _folder.WithFile($"{Plugin}/plugin.json", MetricFolder.Manifest(
                [
                    """{ "map": "hash", "name": "plain", "type": "counter", "value": "packets", "labels": [{ "name": "id", "field": "id", "decode": "hex" }] }""",
                    """{ "map": "hash", "name": "level", "type": "gauge", "value": "balance" }""",
                ]));
            await first.ReloadWellAsync();
            await first.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_plain", ("id", "0x7")) == "0", "the new label");
            using BpfProgramHandle next = Program(first, "count_hash");
            for (int i = 0; i < 3; i++) ProgramRun.Observe(next, 100, key: 7);
            await first.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_plain", ("id", "0x7")) == "3", "three events");
            SurvivalFolder.Kill(first);
            ProgramRun.Observe(next, 100, key: 7);
        }

        using AgentProcess second = await AgentProcess.StartAsync(_folder);
        Scrape scrape = await second.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_plain", ("id", "0x7")) == "4", "four events");
        Assert.Equal("-104", scrape.Find("ebpf_level", ("id", "7")));
    }

    private static BpfProgramHandle Program(AgentProcess agent, string name) => KernelIds.Programs(agent.Id, name)[0];

    private static void Observe(BpfProgramHandle plain, BpfProgramHandle apart, int times)
    {
        for (int i = 0; i < times; i++)
        {
            ProgramRun.Observe(plain, 100, key: 7, cpu: i % PossibleCpus.Count);
            ProgramRun.Observe(apart, 100, key: 7);
        }
    }

    private static Task<Scrape> SeeAsync(AgentProcess agent, int made) => agent.ScrapeUntilAsync(
        scrape => (scrape.Find("ebpf_plain", ("id", "7")), scrape.Find("ebpf_level", ("id", "7")), scrape.Find("ebpf_apart", ("id", "7"))) == ($"{made}", $"-{made}", $"{made * 100}"), $"{made} events");
}
