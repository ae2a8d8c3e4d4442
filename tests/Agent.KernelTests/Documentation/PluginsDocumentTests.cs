using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Documentation;

/// <summary>The plugins of <c>docs/plugins.md</c> run: loaded, attached and polled as the agent does it.</summary>
public sealed class PluginsDocumentTests(DocumentedPlugins plugins) : KernelTest, IClassFixture<DocumentedPlugins>
{
    [Theory]
    [InlineData("allocations", "ebpf_malloc_bytes")]
    [InlineData("cpu-runs", "ebpf_cpu_switches_total")]
    [InlineData("delayed-work", "ebpf_delayed_work_total")]
    [InlineData("exceptions", "ebpf_cpp_exceptions_total")]
    [InlineData("execs", "ebpf_execs_total")]
    [InlineData("long-runs", "ebpf_long_run_seconds")]
    [InlineData("opens", "ebpf_opens_total")]
    [InlineData("packets", "ebpf_loopback_packets_total")]
    [InlineData("read-sizes", "ebpf_read_size_bytes")]
    [InlineData("samples", "ebpf_samples_total")]
    [InlineData("sent", "ebpf_sent_packets_total")]
    [InlineData("service-switches", "ebpf_service_switches_total")]
    [InlineData("softirqs", "ebpf_softirq_latency_seconds")]
    [InlineData("task-switches", "ebpf_task_switches_total")]
    [InlineData("task-switches-before", "ebpf_task_switches_total", "ebpf_task_preemptions_total")]
    [InlineData("tasks", "ebpf_tasks")]
    public void They_run(string plugin, params string[] metrics)
    {
        using RunningPlugin running = Run(plugins.FolderOf(plugin));
        running.Maintain();
        running.Poll();
        Assert.Equal(metrics, running.Families.Select(static family => family.Description.Name));
        Assert.Empty(running.Object.Pending);
        Assert.All(running.Families, static family => Assert.Equal(0, family.Drops[DropReason.DecodeFailed]));
    }

    [Fact]
    public void The_one_in_CSharp_runs()
    {
        using RunningPlugin running = Run(Path.Combine(AppContext.BaseDirectory, "fixtures", "SoftirqGroups.dll"));
        running.Poll();
        Assert.Equal("ebpf_softirq_group_latency_seconds", Assert.Single(running.Families).Description.Name);
        Assert.Equal(["group"], running.Families[0].Description.LabelNames);
    }

    [Fact]
    public void Of_the_programs_that_stand_in_for_each_other_one_runs()
    {
        using RunningPlugin running = Run(plugins.FolderOf("opens"));
        LoadedBpfObject opened = running.Object;
        Assert.Single(opened.Programs, program => program.ReadStatistics() is not null && opened.Outcome.IsLoaded(program.Name));
    }

    private static RunningPlugin Run(string path)
    {
        var trial = new PluginTrial(new AgentConfiguration { File = "/agent.json", PluginFolders = ["/plugins"] }, TimeProvider.System, new ListLogger());
        PluginCandidate candidate = Assert.Single(PluginTrial.Find(path));
        return trial.Run(candidate, static binding => binding);
    }
}
