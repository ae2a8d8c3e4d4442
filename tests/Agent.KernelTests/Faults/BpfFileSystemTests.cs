using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>A host on which nobody has mounted bpffs.</summary>
public sealed class BpfFileSystemTests : KernelTest
{
    private const string Pins = "/sys/fs/bpf/ebpf_agent_test_unmounted";

    [Fact]
    public async Task An_agent_that_needs_bpffs_mounts_it_at_its_usual_place()
    {
        using AgentFolder folder = new AgentFolder("""
            "interval": "100ms", "plugins": { "script": { "survive": true } }
            """).WithScript("script", Scripts.Names((1, "a"))).Age();
        // A mount namespace of its own: what is unmounted in there stays mounted everywhere else.
        using AgentProcess agent = await AgentProcess.StartAsync(
            ["unshare", "--mount", "sh", "-c", $"while umount /sys/fs/bpf 2>/dev/null; do :; done; exec {Path.Combine(AppContext.BaseDirectory, "ebpf-agent")} --config {folder.Configuration}"],
            ("EBPF_AGENT_PINFOLDER", Pins));
        await agent.ScrapeWhenPolledAsync("script");
        foreach (BpfProgramHandle program in KernelIds.Programs(agent.Id, "observe_latency"))
        {
            ProgramRun.Observe(program, 3, key: 1);
            program.Dispose();
        }

        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("name", "a")) == 1, "the event");
        Assert.True(Directory.Exists($"/proc/{agent.Id}/root{Pins}/script/current"), "nothing is pinned in the agent's own /sys/fs/bpf");
        Assert.False(Directory.Exists(Pins), "it is pinned outside of the agent's namespace");
    }
}
