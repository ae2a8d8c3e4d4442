using System.Net;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Agents;

/// <summary>What the endpoint of an agent with the bundled plugins answers.</summary>
public sealed class EndpointTests(RunningAgent running) : KernelTest, IClassFixture<RunningAgent>
{
    private static readonly string[] Plugins = ["DiskLatency", "RunQueueLatency", "syscall-latency", "tcp-retransmits"];

    [Fact]
    public async Task It_becomes_ready_with_all_plugins_running()
    {
        Scrape scrape = await running.Agent.ScrapeWhenPolledAsync(Plugins);
        Assert.Equal(HttpStatusCode.OK, (await running.Http.GetAsync("/-/ready", Cancellation)).StatusCode);
        foreach (string plugin in Plugins) Assert.Equal("1", scrape.Find("ebpf_agent_plugin_state", ("plugin", plugin), ("state", "running")));
        Assert.True(scrape.Count("ebpf_run_queue_latency_seconds", ("cause", "wakeup")) > 0);
        Assert.True(scrape.Count("ebpf_syscall_latency_seconds", ("syscall", "read")) > 0);
    }

    [Fact]
    public async Task Metrics_are_text_of_version_0_0_4()
    {
        using HttpResponseMessage response = await running.Http.GetAsync("/metrics", Cancellation);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal((await response.Content.ReadAsByteArrayAsync(Cancellation)).Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say()
    {
        Scrape scrape = await running.Agent.ScrapeWhenPolledAsync(Plugins);
        (int exitCode, string output) = Shell.RunWithInput(scrape.Text, "promtool", "check", "metrics");
        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Promtool_would_say_something()
    {
        Scrape scrape = await running.Agent.ScrapeWhenPolledAsync(Plugins);
        (int exitCode, string output) = Shell.RunWithInput(scrape.Text.Replace("# HELP ebpf_agent_threads", "# HELP other", StringComparison.Ordinal), "promtool", "check", "metrics");
        Assert.NotEqual((0, ""), (exitCode, output));
    }

    [Fact]
    public async Task The_front_page_shows_the_plugins()
    {
        await running.Agent.ScrapeWhenPolledAsync(Plugins);
        using HttpResponseMessage response = await running.Http.GetAsync("/", Cancellation);
        string page = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.All(Plugins, plugin => Assert.Contains(plugin, page, StringComparison.Ordinal));
        Assert.Contains("ebpf_run_queue_latency_seconds", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_that_it_is_healthy() => Assert.Equal("healthy\n", await running.Http.GetStringAsync("/-/healthy", Cancellation));

    [Fact]
    public async Task What_is_not_there_is_not_found() => Assert.Equal(HttpStatusCode.NotFound, (await running.Http.GetAsync("/metric", Cancellation)).StatusCode);

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/")]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    public async Task Nothing_can_be_sent_to_it(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using HttpResponseMessage response = await running.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/")]
    [InlineData("/-/healthy")]
    public async Task HEAD_is_GET_without_the_body(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage response = await running.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
        using HttpResponseMessage whole = await running.Http.GetAsync(path, Cancellation);
        Assert.Equal(whole.Content.Headers.ContentType, response.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Many_scrapes_at_once_get_a_whole_document_each()
    {
        await running.Agent.ScrapeWhenPolledAsync(Plugins);
        Scrape[] scrapes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => running.Agent.ScrapeAsync()));
        Assert.All(scrapes, static scrape => Assert.NotNull(scrape.Find("ebpf_agent_plugin_up", ("plugin", "RunQueueLatency"))));
    }
}
