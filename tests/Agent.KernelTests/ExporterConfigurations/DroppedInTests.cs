using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>The whole agent, into whose plugin folder configurations are put as they are.</summary>
public sealed class DroppedInTests : KernelTest, IDisposable
{
    private readonly Machine _machine = new();
    private readonly AgentFolder _folder = new("\"interval\": \"100ms\"");

    public void Dispose()
    {
        _machine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("indep_disk_times")]
    [InlineData("indep_soft_interrupts")]
    [InlineData("indep_kills")]
    [InlineData("indep_commands")]
    public async Task Two_files_beside_each_other_are_served(string name)
    {
        var expected = new Expectation(name, _machine);
        Assert.SkipUnless(expected.Runs.All(static run => run.Cpu < PossibleCpus.Count), "needs two CPUs");
        _folder.WithFixture(name + ".yaml", name + ".yaml").WithFixture(name + ".bpf.o", name + ".bpf.o");
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        await agent.ScrapeWhenPolledAsync(name);
        foreach (ProgramInput run in expected.Runs) Run(agent, run);
        expected.Check(OfConfiguration(await agent.ScrapeUntilAsync(expected.IsIn, expected.Document)));
    }

    [Fact]
    public async Task A_map_is_kept_filled_with_the_control_groups_that_are_asked_for()
    {
        const string name = "indep_group_filter";
        string wanted = _machine.Group("wanted"), other = _machine.Group("other");
        _folder.WithFixture(name + ".yaml", name + ".yaml").WithFixture(name + ".bpf.o", name + ".bpf.o");
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        await agent.ScrapeWhenPolledAsync(name);
        Run(agent, new ProgramInput("feed", 3, Machine.GroupId(wanted), 0, 0));
        Run(agent, new ProgramInput("feed", 4, Machine.GroupId(other), 0, 0));
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_exporter_other_switches_total") == "4", "the switches of the other group");
        Assert.Equal("3", scrape.Find("ebpf_exporter_wanted_switches_total", ("group", wanted)));
        Assert.Equal("4", scrape.Find("ebpf_exporter_other_switches_total"));
        Assert.Single(scrape.Samples, static sample => sample.Name == "ebpf_exporter_wanted_switches_total");
    }

    private static void Run(AgentProcess agent, ProgramInput run)
    {
        BpfProgramHandle program = Assert.Single(KernelIds.Programs(agent.Id, run.Program));
        using (program) ProgramRun.Observe(program, run.N, run.A, run.B, run.Cpu);
    }

    private static string OfConfiguration(Scrape scrape) => string.Join('\n', scrape.Text.Split('\n').Where(static line => line.Contains("ebpf_exporter_", StringComparison.Ordinal) && !line.Contains("ebpf_agent_", StringComparison.Ordinal)));
}
