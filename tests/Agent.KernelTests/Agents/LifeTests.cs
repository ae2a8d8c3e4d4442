using System.Net;
using System.Net.Sockets;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Agents;

/// <summary>How the process begins and ends.</summary>
public sealed class LifeTests : KernelTest
{
    [Fact]
    public async Task SIGTERM_ends_it_within_two_seconds_and_leaves_nothing_in_the_kernel()
    {
        using AgentFolder folder = new AgentFolder().WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await agent.ScrapeWhenPolledAsync("DiskLatency", "RunQueueLatency", "syscall-latency", "tcp-retransmits");
        IReadOnlyList<(string Kind, uint Id)> owned = KernelIds.OwnedBy(agent.Id);
        // 1 program of the disks', 3 of the run queue's, 2 of the system calls', 2 of TCP's, each with a link, and with a dispatcher before it.
        Assert.Equal(16, owned.Count(static one => one.Kind == "prog"));
        Assert.Equal(8, owned.Count(static one => one.Kind == "link"));
        Assert.True(owned.Count(static one => one.Kind == "map") >= 5);
        Assert.All(owned, static one => Assert.True(KernelIds.Exists(one)));
        (int exitCode, TimeSpan took) = await agent.TerminateAsync();
        Assert.Equal(0, exitCode);
        Assert.True(took < TimeSpan.FromSeconds(2), $"it took {took}");
        // The kernel frees them after a grace period of its own.
        Assert.True(SpinWait.SpinUntil(() => !owned.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)), $"left: {string.Join(", ", owned.Where(KernelIds.Exists))}");
    }

    [Fact]
    public async Task The_environment_overrides_the_file()
    {
        using AgentFolder folder = new AgentFolder("\"metricPrefix\": \"file_\"").WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(folder, ("EBPF_AGENT_PLUGINS__DiskLatency__ENABLED", "false"), ("EBPF_AGENT_METRICPREFIX", "environment_"));
        Scrape scrape = await agent.ScrapeWhenPolledAsync("RunQueueLatency", "syscall-latency");
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_state", ("plugin", "DiskLatency"), ("state", "disabled")));
        Assert.True(scrape.Count("environment_run_queue_latency_seconds", ("cause", "wakeup")) > 0);
    }

    [Fact]
    public async Task A_port_in_use_is_said_and_ends_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var folder = new AgentFolder();
        (int exitCode, string log) = await AgentProcess.FailAsync(folder, ("EBPF_AGENT_LISTEN", other.LocalEndpoint.ToString()!));
        Assert.Equal(1, exitCode);
        Assert.Contains($"listen: {other.LocalEndpoint} is in use by another process", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_interval_scrape_it_polls_when_asked_and_once_a_second_at_most()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"scrape\"").WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        double before = await PollsAsync(agent);
        await Task.Delay(2200, Cancellation);
        // Two seconds without a scrape were two seconds without a poll.
        Assert.Equal(before + 1, await PollsAsync(agent));
        long started = TimeProvider.System.GetTimestamp();
        double after = 0;
        for (int i = 0; i < 20; i++) after = await PollsAsync(agent);
        Assert.InRange(after - before - 1, 0, (int)TimeProvider.System.GetElapsedTime(started).TotalSeconds + 1);
    }

    [Fact]
    public async Task Run_time_statistics_are_exported_while_they_are_on()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"200ms\", \"programStatistics\": true").WithBundled();
        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await agent.ScrapeUntilAsync(
            static scrape => scrape.Find("ebpf_agent_program_runs_total", ("plugin", "RunQueueLatency"), ("program", "sched_switch")) is { } runs && runs != "0",
            "runs of sched_switch");
        await agent.TerminateAsync();
        Assert.Equal("0", (await File.ReadAllTextAsync("/proc/sys/kernel/bpf_stats_enabled", Cancellation)).Trim());
    }

    private static async Task<double> PollsAsync(AgentProcess agent) =>
        (await agent.ScrapeAsync()).Number("ebpf_agent_plugin_polls_total", ("plugin", "RunQueueLatency"));
}
