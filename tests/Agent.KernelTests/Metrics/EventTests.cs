using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Events;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Events of a ring buffer or perf buffer are a counter of a manifest, in the agent as it is shipped.</summary>
public sealed class EventTests : KernelTest
{
    private const int Stop = 19, Continue = 18;

    [Theory]
    [InlineData("events_ring.bpf.o", "submit_large", "large", null)]
    [InlineData("events_ring.bpf.o", "submit_plain", "plain", "struct disk_event")]
    [InlineData("events_perf.bpf.o", "send", "events", "struct disk_event")]
    public void N_events_are_N(string fixture, string program, string map, string? type)
    {
        string said = type is null ? "" : $"""
            , "event": "{type}"
            """;
        using PolledPlugin plugin = MetricFolder.Load(
            fixture, $$"""{ "map": "{{map}}", "name": "all", "type": "counter", "labels": [] {{said}} }""", $$"""{ "map": "{{map}}", "name": "each", "type": "counter", "labels": ["minor"] {{said}} }""");
        ulong sent = 0;
        for (int round = 1; round <= 5; round++)
        {
            plugin.Observe(program, 700, key: 0, junk: 7);
            plugin.Observe(program, 1, key: 3);
            sent += 701;
            Scrape scrape = plugin.Poll();
            Assert.Equal($"{sent}", scrape.Find("all"));
            for (int minor = 0; minor < 7; minor++) Assert.Equal($"{(100 * round) + (minor == 3 ? round : 0)}", scrape.Find("each", ("minor", $"{minor}")));
        }
    }

    /// <summary>The agent is stopped while more is sent than there is room for.</summary>
    [Fact]
    public async Task What_found_no_room_is_exported()
    {
        const int Sent = 1000, Room = 4095 / (EventObject.EventSize + 8);
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithMetrics("ring", "events_ring.bpf.o", """{ "map": "small", "name": "e", "type": "counter", "labels": [] }""");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("ring");
        using (BpfProgramHandle program = KernelIds.Programs(agent.Id, "submit_small").Single())
        {
            Signal(agent, Stop);
            Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{agent.Id}/stat").Split(") ")[1][0] == 'T', TimeSpan.FromSeconds(5)), "it does not stop");
            ProgramRun.Observe(program, Sent, key: 1);
            Signal(agent, Continue);
        }

        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_e") is not (null or "0"), "the events");
        Assert.Equal(($"{Room}", $"{Sent - Room}"), (scrape.Find("ebpf_e"), Lost(scrape, "no_room")));
        Assert.Equal(("0", "0"), (Lost(scrape, "malformed"), Lost(scrape, "overflow")));
    }

    [Fact]
    public async Task A_plugin_that_is_gone_and_comes_back_goes_on_counting()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithMetrics("ring", "events_ring.bpf.o", """{ "map": "large", "name": "e", "type": "counter", "labels": [] }""");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("ring");
        await using CounterWatch watch = CounterWatch.Of(agent);
        Send(agent, 1000);
        Directory.Move(folder.In("ring"), Path.Combine(folder.Root, "ring"));
        await agent.ReloadWellAsync();
        await agent.ScrapeUntilAsync(static scrape => !scrape.Mentions("ring", "ebpf_e"), "nothing of it");
        Assert.True(SpinWait.SpinUntil(() => KernelIds.Programs(agent.Id, "submit_large").Count == 0, TimeSpan.FromSeconds(5)), "its program is still there");
        Directory.Move(Path.Combine(folder.Root, "ring"), folder.In("ring"));
        await agent.ReloadWellAsync();
        Send(agent, 11);
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_e") == "1011", "all events");
        Assert.Equal("0", Lost(scrape, "no_room"));
        await watch.EndAsync();
    }

    private static void Send(AgentProcess agent, int events)
    {
        using BpfProgramHandle program = KernelIds.Programs(agent.Id, "submit_large").Single();
        ProgramRun.Observe(program, (ulong)events, key: 1);
    }

    private static void Signal(AgentProcess agent, int signal) => Assert.Equal(0, LinuxThread.Signal(agent.Id, signal));

    private static string? Lost(Scrape scrape, string reason) => scrape.Find("ebpf_agent_map_lost_events_total", ("plugin", "ring"), ("reason", reason));
}
