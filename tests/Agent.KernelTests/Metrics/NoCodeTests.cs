using EbpfAgent.Bpf.Native;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>A whole plugin without a line of code beside its C: the object, and at most the map's and the metric's names.</summary>
public sealed class NoCodeTests : KernelTest
{
    [Fact]
    public void Labels_come_from_every_kind_of_field()
    {
        using PolledPlugin plugin = MetricFolder.Load(
            "typed_keys.bpf.o", calls: null, new FakeMachine(), """{ "map": "plain", "name": "plain" }""", """{ "map": "typed", "name": "typed" }""", """{ "map": "scalar", "name": "calls" }""");
        for (int i = 0; i < 3; i++) plugin.Observe("observe_plain", 5, key: 1UL << 63, junk: 7);
        for (int i = 0; i < 4; i++) plugin.Observe("observe_scalar", 5, key: 2);
        plugin.Observe("observe_typed", 5, key: 0, junk: 0xffffffff81001010);
        Scrape scrape = plugin.Poll();
        Assert.Equal(
            [
                "wide=9223372036854775808", "delta=-9223372036854775808", "operation=OPERATION_WRITE", "text=abc", "bytes=0102ff", "on=true", "low=5", "high=2748", "rest=0", "pairs=1,-2;3,-4",
                "number=1684234849", "points=200:-1,3:4",
            ],
            LabelsOf(scrape, "plain_count"));
        Assert.Equal((3UL, 4UL, 1UL), (scrape.Count("plain"), scrape.Count("calls", ("errno", "ENOENT")), scrape.Count("typed")));
        Assert.Superset(
            new HashSet<string>(["calls_error=ENOENT", "calls_call=read", "who_user=ada", "who_interface=eth0", "net_v4=127.0.0.1", "net_port=443", "name=example.com", "function=tcp_sendmsg", "cookie=0xdeadbeef"]),
            LabelsOf(scrape, "typed_count").ToHashSet());
        Assert.Contains("# HELP plain From the map plain.\n# TYPE plain histogram\n", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_alone_is_all_of_its_histograms()
    {
        using AgentFolder folder = new AgentFolder().WithFixture("bare/schemes.bpf.o", "schemes.bpf.o");
        using PolledPlugin plugin = MetricFolder.LoadEntry(folder.In("bare/schemes.bpf.o"));
        for (ulong i = 0; i < 6; i++) plugin.Observe("observe_by_log2", 1UL << (int)i, key: 3UL << 32 | 4);
        Scrape scrape = plugin.Poll();
        Assert.Equal(["by_log2", "by_seconds", "by_linear", "by_bounds", "on_demand", "tiny", "padded"], plugin.Running.Families.Select(static family => family.Description.Name));
        Assert.Equal((6UL, "63"), (scrape.Count("by_log2", ("major", "3"), ("minor", "4")), scrape.Find("by_log2_sum")));
        Assert.Contains("# HELP by_log2 Histogram by_log2 of schemes.bpf.o.\n", scrape.Text, StringComparison.Ordinal);
    }

    /// <summary>A time scheme's unit is in its name, once.</summary>
    [Theory]
    [InlineData("syscall_latency.bpf.o", "syscall_latency", "syscall_latency_seconds")]
    [InlineData("schemes.bpf.o", "by_seconds", "by_seconds")]
    [InlineData("latency.bpf.o", "latency", "latency")]
    public void A_time_is_named_by_its_unit(string fixture, string map, string name)
    {
        using AgentFolder folder = new AgentFolder().WithFixture(fixture, fixture);
        using PolledPlugin plugin = MetricFolder.LoadEntry(folder.In(fixture));
        FamilyDescription family = plugin[map].Families.Single().Description;
        Assert.Equal((name, $"Histogram {map} of {fixture}."), (family.Name, family.Help));
    }

    [Fact]
    public async Task The_agent_finds_bare_objects_in_folders_and_beside_them()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithFixture("bare/latency.bpf.o", "latency.bpf.o").WithFixture("lone.bpf.o", "schemes.bpf.o");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("bare", "lone");
        agent.Observe(plugins: 1, times: 12);
        using (BpfProgramHandle program = KernelIds.Programs(agent.Id, "observe_by_log2").Single())
        {
            for (int i = 0; i < 34; i++) ProgramRun.Observe(program, 1, AgentProcess.Key);
        }

        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_latency") == 12 && scrape.Count("ebpf_by_log2") == 34, "all events of both");
        Assert.Equal((12UL, 34UL), (scrape.Count("ebpf_latency", ("major", "1"), ("minor", "2")), scrape.Count("ebpf_by_log2", ("major", "1"), ("minor", "2"))));
    }

    private static IEnumerable<string> LabelsOf(Scrape scrape, string sample) => scrape.Samples.Single(one => one.Name == sample).Labels.Select(static label => $"{label.Key}={label.Value}");
}
