using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Exposition;

/// <summary>What is served where.</summary>
public sealed class HttpEndpointTests : SupervisorFixture
{
    private readonly FakePlugins _plugins = new();

    [Fact]
    public async Task It_is_not_ready_before_the_first_look_into_the_plugin_folders()
    {
        _plugins.IsStarted = false;
        Assert.Equal((503, "waiting for the first look into the plugin folders\n"), await GetAsync("/-/ready"));
        _plugins.IsStarted = true;
        Assert.Equal((200, "ready\n"), await GetAsync("/-/ready"));
    }

    [Fact]
    public async Task It_is_ready_when_each_plugin_has_been_polled_or_has_said_why_not()
    {
        var fake = new FakeRunning(Registry, Time);
        await using PluginSupervisor sound = Supervise(Version(fake)), broken = Supervise(Broken());
        _plugins.Supervisors = [sound, broken];
        Assert.Equal((503, "waiting for test, test\n"), await GetAsync("/-/ready"));
        await broken.RunAsync(Target(EverySecond));
        Assert.Equal((503, "waiting for test\n"), await GetAsync("/-/ready"));
        await sound.RunAsync(Target(EverySecond));
        WaitForPolls(sound, 1);
        Assert.Equal((200, "ready\n"), await GetAsync("/-/ready"));
        // A reload that fails does not make it less so.
        await sound.RemoveAsync();
        Assert.Equal((200, "ready\n"), await GetAsync("/-/ready"));
    }

    [Fact]
    public async Task A_scrape_polls_what_is_polled_for_scrapes_and_gets_one_document()
    {
        var fake = new FakeRunning(Registry, Time) { Observed = 7 };
        await using PluginSupervisor supervisor = Supervise(Version(fake));
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        _plugins.Supervisors = [supervisor];
        (int status, string body) = await GetAsync("/metrics");
        var scrape = new Scrape(body);
        Assert.Equal((200, 7UL, "1"), (status, scrape.Count("fake"), scrape.Find("ebpf_agent_plugin_up", ("plugin", "test"))));
        HttpAnswer head = await new HttpAnswer("HEAD", "/metrics").From(Make().HandleAsync);
        Assert.Equal((200, "", MetricsDocument.ContentType), (head.Status, head.Body, head.Type));
    }

    [Theory]
    [InlineData("GET", "/-/healthy", 200)]
    [InlineData("HEAD", "/-/healthy", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/-/reload/", 404)]
    [InlineData("POST", "/metrics", 405)]
    [InlineData("DELETE", "/", 405)]
    [InlineData("POST", "/-/ready", 405)]
    [InlineData("GET", "/-/reload", 405)]
    [InlineData("POST", "/-/reload", 200)]
    public async Task Each_path_has_its_methods(string method, string path, int status) =>
        Assert.Equal(status, (await new HttpAnswer(method, path).From(Make().HandleAsync)).Status);

    private HttpEndpoint Make()
    {
        var document = new MetricsDocument(Registry);
        var metrics = new MetricsHandler(document, new AgentMetrics(Time), _plugins, Time);
        return new HttpEndpoint(metrics, _plugins, new ReloadHandler(static () => Task.FromResult<IReadOnlyList<string>>([]), static () => ReloadAccess.ThisHost));
    }

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        HttpAnswer answer = await new HttpAnswer("GET", path).From(Make().HandleAsync);
        return (answer.Status, answer.Body);
    }
}
