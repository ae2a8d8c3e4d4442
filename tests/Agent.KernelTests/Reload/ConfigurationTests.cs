using System.Net;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>agent.json is saved while the agent runs.</summary>
public sealed class ConfigurationTests : KernelTest, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly AgentFolder _folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("script", Scripts.Names((1, "a"), (2, "b"), (3, "c"))).WithDll("Good").Age();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_saved_change_is_applied_within_three_seconds_and_a_wrong_one_is_refused()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        await using CounterWatch watch = CounterWatch.Of(agent);
        agent.Observe(plugins: 2, times: 5, key: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("name", "a")) == 5 && scrape.Find("ebpf_agent_config_last_reload_successful") == "1", "five events");

        _folder.Configure("\"interval\": \"100ms\", \"plugins\": { \"Good\": { \"enabled\": false } }");
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.IsIn("Good", "disabled") && !scrape.HasMetric("ebpf_good"), "Good disabled", Deadline);
        Assert.Equal(0, scrape.Loads("script", "reloaded"));

        _folder.Configure("\"intervall\": \"1s\"");
        await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_agent_config_last_reload_successful") == "0", "the wrong configuration refused", Deadline);
        await agent.SaysAsync("the configuration is not applied, the one before it goes on: ");
        await agent.SaysAsync("intervall: unknown key; did you mean \"interval\"?");
        agent.Observe(plugins: 1, times: 1, key: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("name", "a")) == 6 && scrape.IsIn("Good", "disabled"), "the configuration before in force");

        _folder.Configure("\"interval\": \"100ms\"");
        await agent.ScrapeUntilAsync(
            static scrape => scrape.Find("ebpf_agent_config_last_reload_successful") == "1" && scrape.IsIn("Good", "running") && scrape.Count("ebpf_good", ("minor", "1")) == 5,
            "Good back, with what it had counted",
            Deadline);
        agent.Observe(plugins: 2, times: 1, key: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("name", "a")) == 7 && scrape.Count("ebpf_good", ("minor", "1")) == 6, "an event more in each");
        await watch.EndAsync();
    }

    [Fact]
    public async Task A_plugin_takes_up_another_interval_and_other_limits()
    {
        _folder.Configure("\"interval\": \"1h\"");
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        await agent.ScrapeWhenPolledAsync("script", "Good");
        agent.Observe(plugins: 2, times: 5, key: 1);
        await Task.Delay(300, Cancellation);
        Scrape scrape = await agent.ScrapeAsync();
        Assert.Equal((1, 1), (scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", "script")), scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", "Good"))));

        _folder.Configure("""
            "interval": "1h", "plugins": { "script": { "interval": "100ms", "limits": { "maxSeries": 2, "overflow": "drop" } } }
            """);
        await agent.ReloadWellAsync();
        scrape = await agent.ScrapeUntilAsync(
            static scrape => scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", "script")) > 3 && scrape.Count("ebpf_script", ("name", "a")) == 5, "polls at the new interval");
        Assert.Equal(1, scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", "Good")));
        Assert.Equal((1, 0), (scrape.Loads("script", "reloaded"), scrape.Loads("Good", "reloaded")));
        agent.Observe(plugins: 2, times: 4, key: 2);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_script", ("name", "b")) == 4, "the second series");
        agent.Observe(plugins: 2, times: 3, key: 3);
        scrape = await agent.ScrapeUntilAsync(static scrape => Dropped(scrape) == "3", "the third one dropped");
        Assert.Null(scrape.Find("ebpf_script_count", ("name", "c")));
    }

    [Fact]
    public async Task A_change_of_the_address_is_said_to_need_a_restart()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        _folder.Configure("\"interval\": \"200ms\"", listen: "127.0.0.1:8435");
        await agent.ReloadWellAsync();
        await agent.SaysAsync($"{_folder.Configuration}: listen has changed, and stays as it was; start the agent again to apply it");
        Scrape scrape = await agent.ScrapeAsync();
        // All else of it is applied.
        Assert.Equal((1, "1"), (scrape.Loads("script", "reloaded"), scrape.Find("ebpf_agent_config_last_reload_successful")));
    }

    [Fact]
    public async Task SIGHUP_and_POST_take_everything_as_it_lies_there()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_folder);
        _folder.WithFile("script/decode.js", Scripts.Version(2));
        agent.HangUp();
        await agent.ScrapeUntilAsync(static scrape => scrape.Loads("script", "reloaded") == 1, "the reload");
        await agent.SaysAsync("reload asked for by SIGHUP");

        _folder.WithFile("script/decode.js", Scripts.SyntaxError);
        (HttpStatusCode status, string answer) = await agent.ReloadAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith($"script: outdated: {_folder.In("script/decode.js")}", answer, StringComparison.Ordinal);
        Assert.Single(answer.TrimEnd('\n').Split('\n'));
        _folder.WithFile("script/decode.js", Scripts.Version(3));
        await agent.ReloadWellAsync();
        _folder.Configure("\"limits\": 1");
        (status, answer) = await agent.ReloadAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith($"{_folder.Configuration}:1:", answer, StringComparison.Ordinal);
        _folder.Configure("\"interval\": \"100ms\", \"reloadEndpoint\": \"off\"");
        agent.HangUp();
        await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_agent_config_last_reload_successful") == "1", "the repaired configuration");
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.ReloadAsync()).Status);
        // It is no reload to find all as it was.
        Assert.Equal((0, 2), ((await agent.ScrapeAsync()).Loads("Good", "reloaded"), (await agent.ScrapeAsync()).Loads("script", "reloaded")));
    }

    private static string? Dropped(Scrape scrape) =>
        scrape.Find("ebpf_agent_metric_dropped_observations_total", ("plugin", "script"), ("metric", "ebpf_script"), ("reason", "series_limit"));
}
