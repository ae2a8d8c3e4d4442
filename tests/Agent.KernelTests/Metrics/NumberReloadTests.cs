using System.Globalization;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Counters, gauges and events over reloads under load: each event is counted once, whichever version has counted it, and a gauge is never gone.</summary>
public sealed class NumberReloadTests : KernelTest
{
    private const int Reloads = 20;
    private const string Plugin = "calls";

    // Calls that their threads have made and not yet counted.
    private const ulong Underway = 1000;

    /// <summary>Ways to one and the same label.</summary>
    private static readonly string[] Labels =
    [
        """ "labels": ["process"] """,
        """ "labels": [{ "name": "process", "field": "process", "decode": ["uint", { "regexp": "^([0-9]+)$" }] }] """,
        """ "script": "process.js" """,
    ];

    [Fact]
    public async Task No_event_is_lost_or_doubled_while_objects_labels_and_scripts_change()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithFixture($"{Plugin}/calls.bpf.o", "metrics_calls_1.bpf.o");
        Write(folder, round: 0);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync(Plugin);
        await using CounterWatch watch = CounterWatch.Of(agent);
        using var calls = new RareCalls();
        while (calls.Made == 0) await Task.Delay(1, Cancellation);
        await agent.ScrapeUntilAsync(static scrape => Read(scrape, "level") > 0, "the first call");
        for (int done = 1; done <= Reloads; done++)
        {
            ulong before = Read(await agent.ScrapeAsync(), "level");
            Write(folder, done);
            if (done % 3 != 1) folder.Overwrite($"{Plugin}/calls.bpf.o", $"metrics_calls_{1 + (done % 2)}.bpf.o");
            await agent.ReloadWellAsync();
            await agent.ScrapeUntilAsync(scrape => IsReloaded(scrape, done, before, (ulong)calls.Made + Underway), $"reload {done}");
        }

        ulong made = (ulong)calls.Stop();
        Scrape scrape = await agent.ScrapeUntilAsync(scrape => Events(scrape) >= made && Read(scrape, "together") >= made && Read(scrape, "apart") >= made, $"{made} events");
        Assert.Equal(
            (made, made, 2 * made, made, made), (Read(scrape, "together"), Read(scrape, "apart"), Read(scrape, "twice"), Events(scrape), Read(scrape, "level")));
        Assert.All(["1", "2"], version => Assert.NotEqual(0UL, scrape.Count("ebpf_versions", ("version", version), Process)));
        Assert.Equal((Reloads, 0), (scrape.Loads(Plugin, "reloaded"), scrape.Loads(Plugin, "failed")));
        await watch.EndAsync();
    }

    // The gauge is there at once, and not with the first poll of the new version.
    private static bool IsReloaded(Scrape scrape, int times, ulong least, ulong most)
    {
        Assert.InRange(Read(scrape, "level"), least, most);
        return scrape.Loads(Plugin, "reloaded") == times;
    }

    // Nobody paces the calls: where the agent does not keep up, what had no room is known to the last one.
    private static ulong Events(Scrape scrape) => Read(scrape, "events") + (ulong)scrape.Number("ebpf_agent_map_lost_events_total", ("plugin", Plugin), ("reason", "no_room"));

    private static (string, string) Process => ("process", $"{Environment.ProcessId}");

    private static void Write(AgentFolder folder, int round)
    {
        string labels = Labels[round % Labels.Length];
        string[] metrics =
        [
            $$"""{ "map": "together", "name": "together", "type": "counter", "value": "calls", {{labels}} }""",
            $$"""{ "map": "together", "name": "twice", "type": "counter", "value": "twice", {{labels}} }""",
            $$"""{ "map": "together", "name": "level", "type": "gauge", "value": "calls", {{labels}} }""",
            $$"""{ "map": "apart", "name": "apart", "type": "counter", {{labels}} }""",
            $$"""{ "map": "sent", "name": "events", "type": "counter", {{labels}} }""",
            """{ "map": "versions", "name": "versions" }""",
        ];
        folder.WithFile($"{Plugin}/process.js", $"// {round}\nexport const labels = ['process']; export const decode = key => [key.process];");
        folder.WithFile($"{Plugin}/plugin.json", MetricFolder.Manifest(metrics));
    }

    private static ulong Read(Scrape scrape, string metric) => scrape.Find("ebpf_" + metric, Process) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : 0;
}
