using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Hosting;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace EbpfAgent.Tests.Hosting;

/// <summary>The change from one configuration to another while the agent runs.</summary>
public sealed class RunningSettingsTests : IDisposable
{
    private const string File = "/etc/ebpf-agent/agent.json";

    private readonly ListLogger _log = new();
    private readonly LogLevelSwitch _level = new("information");
    private readonly MetricsDocument _document = new(new FamilyRegistry());
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private RunningSettings? _settings;

    public void Dispose() => _settings?.Dispose();

    [Fact]
    public async Task What_can_be_changed_is_in_force_at_once()
    {
        RunningSettings settings = Begin("""{ "maxScrapeSize": "1MiB" }""");
        Assert.Equal((1L << 20, false), (_document.MostBytes, _level.IsOn(LogLevel.Debug)));
        AgentConfiguration next = Apply("""{ "maxScrapeSize": "2MiB", "logLevel": "debug", "interval": "7s" }""");
        Assert.Equal((2L << 20, true), (_document.MostBytes, _level.IsOn(LogLevel.Debug)));
        Assert.Equal(PollInterval.Every(TimeSpan.FromSeconds(7)), next.Interval);
        Assert.Equal([$"{File} is applied"], _log.Messages(LogLevel.Information));
        Assert.Empty(_log.Messages(LogLevel.Warning));
        Assert.Equal("1", await SuccessAsync());
        Assert.Equal(ReloadAccess.ThisHost, settings.ReloadAccess);
    }

    [Fact]
    public async Task What_is_wrong_is_refused_as_a_whole()
    {
        Begin("""{ "maxScrapeSize": "1MiB" }""");
        var e = Assert.Throws<ConfigurationException>(() => Apply("""{ "maxScrapeSize": "2MiB", "logLevel": "debug", "intervall": "7s" }"""));
        Assert.Contains("intervall: unknown key", e.Message, StringComparison.Ordinal);
        Assert.Equal((1L << 20, false), (_document.MostBytes, _level.IsOn(LogLevel.Debug)));
        Assert.Empty(_log.Lines);
        Assert.Equal("0", await SuccessAsync());
        Apply("{}");
        Assert.Equal("1", await SuccessAsync());
    }

    [Fact]
    public void What_needs_a_start_is_said_and_the_rest_is_applied()
    {
        Begin("{}");
        Apply("""{ "listen": "127.0.0.1:9999", "logFormat": "json", "logLevel": "error" }""");
        Assert.Equal(
            [
                $"{File}: listen has changed, and stays as it was; start the agent again to apply it",
                $"{File}: logFormat has changed, and stays as it was; start the agent again to apply it",
            ],
            _log.Messages(LogLevel.Warning));
        Assert.False(_level.IsOn(LogLevel.Warning));
    }

    [Theory]
    [InlineData("""{ }""", ReloadAccess.ThisHost)]
    [InlineData("""{ "listen": "0.0.0.0:8435" }""", ReloadAccess.Nobody)]
    [InlineData("""{ "listen": "0.0.0.0:8435", "reloadEndpoint": "on" }""", ReloadAccess.Everybody)]
    [InlineData("""{ "reloadEndpoint": "off" }""", ReloadAccess.Nobody)]
    internal void Who_may_reload_follows_from_where_it_listens_and_what_is_set(string json, ReloadAccess access) => Assert.Equal(access, Begin(json).ReloadAccess);

    [Fact]
    public void Who_may_reload_goes_by_where_it_listens_and_not_by_where_it_would_after_a_start()
    {
        RunningSettings settings = Begin("""{ "listen": "0.0.0.0:8435" }""");
        Apply("""{ "listen": "127.0.0.1:8435" }""");
        Assert.Equal(ReloadAccess.Nobody, settings.ReloadAccess);
        Apply("""{ "listen": "127.0.0.1:8435", "reloadEndpoint": "on" }""");
        Assert.Equal(ReloadAccess.Everybody, settings.ReloadAccess);
    }

    private RunningSettings Begin(string json) =>
        _settings = new RunningSettings(AgentConfigurationLoader.Parse(Encoding.UTF8.GetBytes(json), File, []), _level, _document, new ConfigurationMetrics(Metrics.WithCustomRegistry(_registry), TimeProvider.System), _log);

    private AgentConfiguration Apply(string json) => _settings!.Apply(Encoding.UTF8.GetBytes(json));

    private async Task<string?> SuccessAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return new Scrape(Encoding.UTF8.GetString(stream.ToArray())).Find("ebpf_agent_config_last_reload_successful");
    }
}
