using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Health;

/// <summary>What the agent says of its plugins, while they come, change and go.</summary>
public sealed class PluginMetricsTests : SupervisorFixture
{
    private static readonly (string, string) Plugin = ("plugin", "test");

    private readonly AgentMetrics _metrics;
    private readonly FakePlugins _plugins = new();

    public PluginMetricsTests() => _metrics = new AgentMetrics(Time);

    [Fact]
    public async Task A_plugin_that_runs_is_up_and_one_that_was_removed_is_in_no_metric()
    {
        await using PluginSupervisor supervisor = Supervise(Version(new FakeRunning(Registry, Time) { Observed = 1 }));
        await PollAsync(supervisor, content: 0);
        _plugins.Supervisors = [supervisor];
        Scrape scrape = await WriteAsync();
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_up", Plugin));
        Assert.Equal("1", scrape.Find("ebpf_agent_metric_series", Plugin, ("metric", "fake")));
        Assert.Equal("16", scrape.Find("ebpf_agent_map_capacity", Plugin, ("map", "fake")));
        await supervisor.RemoveAsync();
        _plugins.Supervisors = [];
        Assert.DoesNotContain("plugin=\"test\"", (await WriteAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_plugins_only_the_one_that_was_removed_goes()
    {
        await using PluginSupervisor stays = Supervise(Version(new FakeRunning(Registry, Time)));
        await using var goes = new PluginSupervisor("goes", "/plugins/goes", static (_, _, _) => throw new PluginException(PluginError.Layout, "no"), Registry, Time, Log);
        await PollAsync(stays, content: 0);
        await goes.RunAsync(Target(EverySecond));
        _plugins.Supervisors = [goes, stays];
        Assert.Equal("1", (await WriteAsync()).Find("ebpf_agent_plugin_last_error", ("plugin", "goes"), ("error", "layout")));
        _plugins.Supervisors = [stays];
        Scrape scrape = await WriteAsync();
        Assert.DoesNotContain("plugin=\"goes\"", scrape.Text, StringComparison.Ordinal);
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_up", Plugin));
    }

    [Fact]
    public async Task A_metric_that_a_new_version_lacks_is_gone_and_the_counters_of_the_plugin_go_on()
    {
        FakeRunning first = new(Registry, Time, static key => throw new InvalidOperationException($"{key}")) { Observed = 1 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(new FakeRunning(Registry, Time, metric: "other") { Observed = 1 }));
        await PollAsync(supervisor, content: 0);
        _plugins.Supervisors = [supervisor];
        Scrape scrape = await WriteAsync();
        Assert.Equal("1", scrape.Find("ebpf_agent_metric_dropped_keys_total", Plugin, ("metric", "fake"), ("reason", "decode_failed")));
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_polls_total", Plugin));
        await PollAsync(supervisor, content: 1);
        scrape = await WriteAsync();
        Assert.DoesNotContain("metric=\"fake\"", scrape.Text, StringComparison.Ordinal);
        Assert.Equal("1", scrape.Find("ebpf_agent_metric_series", Plugin, ("metric", "other")));
        // It may have been polled once more by now.
        Assert.InRange(scrape.Number("ebpf_agent_plugin_polls_total", Plugin), 2, supervisor.Polls.Read().Polls);
        Assert.Equal(["1", "1", "0"], Loads(scrape));
    }

    [Fact]
    public async Task No_counter_goes_down_over_a_reload_or_a_return()
    {
        Func<byte, string[]?> refuses = static key => throw new InvalidOperationException($"{key}");
        await using PluginSupervisor supervisor = Supervise([.. Enumerable.Range(0, 4).Select(_ => Version(new FakeRunning(Registry, Time, refuses) { Observed = 1 }))]);
        _plugins.Supervisors = [supervisor];
        Scrape before = new("");
        for (byte content = 0; content < 4; content++)
        {
            if (content == 3) await supervisor.RemoveAsync();
            await PollAsync(supervisor, content);
            Scrape after = await WriteAsync();
            foreach (Scrape.Sample sample in before.Samples.Where(static sample => sample.Labels.ContainsKey("plugin") && sample.Name.EndsWith("_total", StringComparison.Ordinal)))
                Assert.True(after.Number(sample.Name, [.. sample.Labels.Select(static label => (label.Key, label.Value))]) >= double.Parse(sample.Value, System.Globalization.CultureInfo.InvariantCulture), sample.Name);
            before = after;
        }

        Assert.Equal("4", before.Find("ebpf_agent_metric_dropped_keys_total", Plugin, ("metric", "fake"), ("reason", "decode_failed")));
    }

    [Fact]
    public async Task What_could_not_be_reloaded_is_outdated_and_up()
    {
        await using PluginSupervisor supervisor = Supervise(Version(new FakeRunning(Registry, Time)), Broken(isTransient: true));
        await PollAsync(supervisor, content: 0);
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 1));
        _plugins.Supervisors = [supervisor];
        Scrape scrape = await WriteAsync();
        Assert.Equal(("1", "1", "0"), (scrape.Find("ebpf_agent_plugin_up", Plugin), State(scrape, "outdated"), State(scrape, "running")));
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_last_error", Plugin, ("error", "verifier")));
        Assert.Equal("1", scrape.Find("ebpf_agent_plugin_load_retries_total", Plugin));
        Assert.Equal(("1", "0"), (Breaker(scrape, "closed"), Breaker(scrape, "open")));
        Assert.Equal(["1", "0", "1"], Loads(scrape));
    }

    [Fact]
    public async Task What_is_switched_off_has_neither_an_age_nor_memory_nor_series()
    {
        await using PluginSupervisor supervisor = Supervise(Version(new FakeRunning(Registry, Time) { Observed = 1 }));
        await PollAsync(supervisor, content: 0);
        _plugins.Supervisors = [supervisor];
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("3", (await WriteAsync()).Find("ebpf_agent_plugin_data_age_seconds", Plugin));
        await supervisor.RunAsync(Target(PollInterval.OnScrape, enabled: false));
        Scrape scrape = await WriteAsync();
        Assert.Equal(("0", "1"), (scrape.Find("ebpf_agent_plugin_up", Plugin), State(scrape, "disabled")));
        foreach (string gone in new[] { "ebpf_agent_plugin_data_age_seconds", "ebpf_agent_plugin_map_memory_bytes", "ebpf_agent_metric_series", "ebpf_agent_map_entries" })
            Assert.DoesNotContain(scrape.Samples, sample => sample.Name == gone);
    }

    [Fact]
    public async Task What_the_document_leaves_out_and_what_was_not_collected_is_said()
    {
        _plugins.ContextsNotCollected = 2;
        Scrape scrape = await WriteAsync(leftOut: 3);
        Assert.Equal(("2", "3"), (scrape.Find("ebpf_agent_contexts_not_collected"), scrape.Find("ebpf_agent_scrape_families_left_out")));
    }

    [Fact]
    public async Task A_configuration_that_was_refused_shows_until_one_is_applied()
    {
        double began = (await WriteAsync()).Number("ebpf_agent_config_last_reload_success_timestamp_seconds");
        Assert.Equal(Time.GetUtcNow().ToUnixTimeSeconds(), began);
        Time.Advance(TimeSpan.FromSeconds(10));
        _metrics.Configuration.Refused();
        Assert.Equal((0, began), await ConfigurationAsync());
        _metrics.Configuration.Applied();
        Assert.Equal((1, began + 10), await ConfigurationAsync());
    }

    private async Task<(double IsApplied, double At)> ConfigurationAsync()
    {
        Scrape scrape = await WriteAsync();
        return (scrape.Number("ebpf_agent_config_last_reload_successful"), scrape.Number("ebpf_agent_config_last_reload_success_timestamp_seconds"));
    }

    private async Task PollAsync(PluginSupervisor supervisor, byte content)
    {
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content));
        Time.Advance(TimeSpan.FromSeconds(1));
        await supervisor.PollForScrapeAsync();
        Eventually(() => Registry.Families.Values.SequenceEqual(supervisor.Status.Running!.Families), "its families");
    }

    private static string? State(Scrape scrape, string state) => scrape.Find("ebpf_agent_plugin_state", Plugin, ("state", state));

    private static string? Breaker(Scrape scrape, string state) => scrape.Find("ebpf_agent_plugin_breaker_state", Plugin, ("state", state));

    private static string[] Loads(Scrape scrape) =>
        [.. new[] { "loaded", "reloaded", "failed" }.Select(result => scrape.Find("ebpf_agent_plugin_loads_total", Plugin, ("result", result)) ?? "none")];

    private async Task<Scrape> WriteAsync(int leftOut = 0)
    {
        using var stream = new MemoryStream();
        await _metrics.WriteAsync(_plugins, leftOut, stream, TestContext.Current.CancellationToken);
        return new Scrape(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
