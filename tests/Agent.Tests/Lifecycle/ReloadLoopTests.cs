using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Plugins and the configuration as they change on the disk, on a kernel that lets nobody load anything.</summary>
public sealed class ReloadLoopTests : IAsyncDisposable, IReloadedSettings
{
    private const string Script = "export const labels = ['x']; export const decode = key => [key.minor];";

    private readonly AgentFolder _folder = new();
    private readonly ListLogger _log = new();
    // A little ahead of the files, which are then at rest.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddMinutes(1));
    private readonly CancellationTokenSource _end = new();
    private Func<byte[], byte[]> _onApply = static text => text;
    private PluginSet _plugins = null!;
    private ReloadLoop _loop = null!;
    private Task _running = Task.CompletedTask;

    AgentConfiguration IReloadedSettings.Apply(byte[] text) => AgentConfigurationLoader.Parse(_onApply(text), _folder.Configuration, []);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        await _plugins.DisposeAsync();
        _loop.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_start_loads_what_is_there_in_the_order_of_names()
    {
        _folder.WithScript("b", Script).WithScript("c", Script).WithScript("a", Script);
        Make();
        Assert.False(_plugins.IsStarted);
        await StartAsync();
        Assert.True(_plugins.IsStarted);
        Assert.Equal(["a", "b", "c"], _plugins.Supervisors.Select(static one => one.Name));
        Assert.Equal(["a", "b", "c"], _log.Messages(LogLevel.Error).Select(static line => line.Split(' ')[0]));
        Assert.Equal("failed: a, b, c", _plugins.Summary());
    }

    [Fact]
    public async Task An_operator_is_told_what_is_wrong_and_when_all_is_well()
    {
        Make();
        await StartAsync();
        Assert.Empty(await _loop.ReloadAsync("a test"));
        Assert.Contains("reload asked for by a test", _log.Messages(LogLevel.Information));
        _folder.WithScript("a", "export const labels = 1;");
        string wrong = Assert.Single(await _loop.ReloadAsync("a test"));
        Assert.StartsWith("a: failed: ", wrong, StringComparison.Ordinal);
        Assert.Contains("the export 'decode' is missing", wrong, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(_folder.Plugins, "a"), recursive: true);
        Assert.Empty(await _loop.ReloadAsync("a test"));
        Assert.Empty(_plugins.Supervisors);
    }

    [Fact]
    public async Task What_has_failed_is_tried_again_when_an_operator_asks()
    {
        _folder.WithScript("a", Script);
        Make();
        await StartAsync();
        await _loop.ReloadAsync("a test");
        Assert.Equal(2, Supervisor("a").Loads.Failures);
    }

    [Fact]
    public async Task A_configuration_that_is_wrong_is_refused_and_said()
    {
        Make();
        await StartAsync();
        File.WriteAllText(_folder.Configuration, """{ "intervall": "1s" }""");
        string wrong = Assert.Single(await _loop.ReloadAsync("a test"));
        Assert.Contains("intervall: unknown key", wrong, StringComparison.Ordinal);
        Assert.Equal([$"the configuration is not applied, the one before it goes on: {wrong}"], _log.Messages(LogLevel.Error));
    }

    [Fact]
    public async Task What_nobody_foresaw_is_said_and_the_next_look_is_taken()
    {
        Make();
        await StartAsync();
        _onApply = static _ => throw new InvalidOperationException("odd");
        File.WriteAllText(_folder.Configuration, "{ }");
        Assert.Equal(["could not look for changes: odd"], await _loop.ReloadAsync("a test"));
        Assert.Equal(["could not look for changes"], _log.Messages(LogLevel.Error));
        _folder.WithScript("a", "export const labels = 1;");
        Assert.StartsWith("a: failed: ", Assert.Single(await _loop.ReloadAsync("a test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_taken_up_without_being_asked_for()
    {
        Make();
        await StartAsync();
        _running = _loop.RunAsync(static () => { }, _end.Token);
        _folder.WithScript("a", Script);
        EventuallyInTime(() => _plugins.Supervisors.Count == 1, "the new plugin");
        File.WriteAllText(_folder.Configuration, """{ "plugins": { "a": { "enabled": false }, "b": { "enabled": true } } }""");
        EventuallyInTime(() => Supervisor("a").Status.State == PluginState.Disabled, "the new configuration");
        EventuallyInTime(() => _log.Messages(LogLevel.Warning).Any(static line => line.Contains("plugins.b: no plugin of this name", StringComparison.Ordinal)), "what it names and isn't there");
        Directory.Delete(Path.Combine(_folder.Plugins, "a"), recursive: true);
        EventuallyInTime(() => _plugins.Supervisors.Count == 0, "the plugin's end");
        _folder.WithScript("c", Script);
        EventuallyInTime(() => _plugins.Supervisors.Count == 1, "another plugin");
    }

    [Fact]
    public async Task It_goes_on_looking_after_a_look_that_failed()
    {
        Make();
        await StartAsync();
        _running = _loop.RunAsync(static () => { }, _end.Token);
        _onApply = static _ => throw new InvalidOperationException("odd");
        File.WriteAllText(_folder.Configuration, "{ }");
        EventuallyInTime(() => _log.Messages(LogLevel.Error).Contains("could not look for changes"), "the failure");
        _folder.WithScript("a", Script);
        EventuallyInTime(() => _plugins.Supervisors.Count == 1, "the new plugin");
    }

    private void Make()
    {
        var file = new FileWatch(_folder.Configuration, _time);
        AgentConfiguration settings = AgentConfigurationLoader.Load(_folder.Configuration, []);
        var watch = new PluginWatch(settings.PluginFolders, _time);
        _plugins = new PluginSet(settings, Refusal.WithoutRights, journal: null, survivors: null, _time, _log) { ExtraFiles = watch.SetExtraFiles };
        _loop = new ReloadLoop(_plugins, watch, file, this, _time, _log);
    }

    private Task StartAsync() => _loop.StartAsync(TestContext.Current.CancellationToken);

    private PluginSupervisor Supervisor(string name) => _plugins.Supervisors.Single(one => one.Name == name);

    private void EventuallyInTime(Func<bool> holds, string what)
    {
        bool seen = SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(0.5));
                return SpinWait.SpinUntil(holds, TimeSpan.FromMilliseconds(50));
            },
            TimeSpan.FromSeconds(20));
        Assert.True(seen, $"not seen: {what}");
    }
}
