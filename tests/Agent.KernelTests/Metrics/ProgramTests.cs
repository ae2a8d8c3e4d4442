using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Tests.Programs;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>What a manifest says beside its metrics takes effect in the running agent.</summary>
public sealed class ProgramTests : KernelTest
{
    private const string Counts = """{ "map": "counts", "name": "c", "type": "counter" }""";

    [Fact]
    public async Task Settings_addresses_and_control_groups_reach_the_programs()
    {
        const int Calls = 500;
        Assert.SkipWhen(CgroupRoot.Find(File.ReadLines(CgroupRoot.Mounts)) is null, "control groups of version 2 are not mounted");
        using AgentFolder folder = Folder("metrics_programs.bpf.o", $$"""
            "programs": { "absent": { "optional": true } },
            "settings": { "process": {{Environment.ProcessId}}, "weight": 3 },
            "kernelAddresses": ["vfs_read"],
            "cgroupIds": [{ "map": "everybody", "patterns": [".*"] }, { "map": "nobody", "patterns": ["^/no/such/group$"] }],
            """);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("plugin");
        using (var calls = new RareCalls(Calls)) Assert.True(SpinWait.SpinUntil(() => calls.IsDone, TimeSpan.FromSeconds(10)));
        Scrape scrape = await SeeAsync(agent, 0, Calls);
        Assert.Equal(
            ["500", "1500", "500", "500", "0", "0"], Enumerable.Range(0, 6).Select(index => scrape.Find("ebpf_c", ("key", $"{index}"))));
        // One that is absent costs nothing but itself.
        Assert.Equal("1", scrape.Find("ebpf_agent_program_unsupported", ("plugin", "plugin"), ("program", "absent")));
        Assert.True(scrape.IsIn("plugin", "running"));
        Assert.Contains("without 'absent': ", await agent.Http.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        Assert.Contains("plugin runs without its optional program 'absent', which is unsupported here: ", agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_of_a_binary_count_its_calls()
    {
        using AgentFolder folder = Folder("programs_uprobe.bpf.o", $$"""
            "programs": {
              "on_call": { "uprobe": { "binary": "{{Target.Path}}", "symbol": "work" } },
              "on_return": { "uprobe": { "binary": "{{Target.Path}}", "symbol": "work", "return": true } } },
            """);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.ScrapeWhenPolledAsync("plugin");
        using var target = new TargetProcess();
        target.Call(123);
        Assert.Equal("123", (await SeeAsync(agent, 0, 123)).Find("ebpf_c", ("key", "1")));
    }

    /// <summary>The interface's packets count from when it comes, and again when another of its name does.</summary>
    [Fact]
    public async Task An_interface_may_come_later()
    {
        string name = $"ebpfm{Environment.ProcessId % 100000}";
        using AgentFolder folder = Folder("programs_network_1.bpf.o", $$"""
            "programs": {
              "on_xdp": { "xdp": { "interfaces": ["{{name}}p"], "mode": "generic" } },
              "on_ingress": { "tc": { "interfaces": ["{{name}}p"], "direction": "ingress" } },
              "on_egress": { "tc": { "interfaces": ["{{name}}"], "direction": "egress" } } },
            """);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        Scrape waiting = await agent.ScrapeWhenPolledAsync("plugin");
        Assert.Equal((true, "3"), (waiting.IsIn("plugin", "running"), Pending(waiting)));
        Assert.Contains($"{name}p", await agent.Http.GetStringAsync("/", Cancellation), StringComparison.Ordinal);
        for (int times = 1; times <= 2; times++)
        {
            Network.MakePair(name);
            try
            {
                await agent.ScrapeUntilAsync(static scrape => Pending(scrape) == "0", "all places attached to");
                Network.Send(40, "10.9.8.2");
                Scrape scrape = await SeeAsync(agent, 1, 40 * times);
                Assert.Equal(($"{40 * times}", $"{40 * times}"), (scrape.Find("ebpf_c", ("key", "5")), scrape.Find("ebpf_c", ("key", "9"))));
            }
            finally
            {
                Network.Ip("link", "del", name);
            }

            await agent.ScrapeUntilAsync(static scrape => Pending(scrape) == "3", "three places to wait for");
        }
    }

    private static AgentFolder Folder(string fixture, string rest) => new AgentFolder("\"interval\": \"100ms\"")
        .WithFixture($"plugin/{fixture}", fixture).WithFile("plugin/plugin.json", MetricFolder.Manifest([Counts], rest));

    private static string? Pending(Scrape scrape) => scrape.Find("ebpf_agent_plugin_pending_places", ("plugin", "plugin"));

    private static Task<Scrape> SeeAsync(AgentProcess agent, int index, int count) =>
        agent.ScrapeUntilAsync(scrape => scrape.Find("ebpf_c", ("key", $"{index}")) == $"{count}", $"{count} at {index}");
}
