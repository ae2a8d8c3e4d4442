using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What a change of one plugin, or of the configuration, means to the others.</summary>
public sealed class PluginSetChangeTests : IAsyncDisposable
{
    private const string Script = "export const labels = ['x']; export const decode = key => [key.minor];";

    private readonly AgentFolder _folder = new();
    private readonly ListLogger _log = new();
    private readonly PluginSet _plugins;
    private readonly PluginWatch _watch;

    public PluginSetChangeTests()
    {
        _watch = new PluginWatch([_folder.Plugins], TimeProvider.System);
        _plugins = new PluginSet(Parse("{}"), Refusal.WithoutRights, journal: null, survivors: null, TimeProvider.System, _log) { ExtraFiles = _watch.SetExtraFiles };
    }

    public async ValueTask DisposeAsync()
    {
        await _plugins.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_gone_is_let_go_of_before_anything_new_is_tried()
    {
        _folder.WithScript("b", Script);
        await ApplyAsync();
        Directory.Delete(Path.Combine(_folder.Plugins, "b"), recursive: true);
        _folder.WithScript("a", Script);
        IReadOnlyList<PluginChange> changes = Scan();
        Assert.Equal(["b", "a"], changes.Select(static change => change.Name));
        PluginSupervisor gone = Assert.Single(_plugins.Supervisors);
        await _plugins.ApplyAsync(changes);
        Assert.Equal((PluginState.Stopped, PluginState.Failed), (gone.Status.State, Assert.Single(_plugins.Supervisors).Status.State));
    }

    [Fact]
    public async Task Only_plugins_whose_settings_differ_are_loaded_again()
    {
        _folder.WithScript("a", Script).WithScript("b", Script).WithScript("c", Script);
        await ApplyAsync();
        await _plugins.ConfigureAsync(Parse("""{ "listen": "127.0.0.1:1", "plugins": { "b": { "interval": "7s" } } }"""));
        Assert.Equal([1, 2, 1], Failures());
        await _plugins.ConfigureAsync(Parse("""{ "plugins": { "b": { "interval": "7s", "enabled": true } } }"""));
        Assert.Equal([1, 2, 1], Failures());
        await _plugins.ConfigureAsync(Parse("""{ "plugins": { "b": { "enabled": false } } }"""));
        Assert.Equal([PluginState.Failed, PluginState.Disabled, PluginState.Failed], _plugins.Supervisors.Select(static one => one.Status.State));
        await _plugins.ConfigureAsync(Parse("""{ "metricPrefix": "other_" }"""));
        Assert.Equal([2, 3, 2], Failures());
    }

    [Fact]
    public async Task One_that_lacked_a_name_is_tried_again_at_once_when_others_change()
    {
        // An illegal label is of the same class as a name that another plugin has.
        _folder.WithScript("lacks", "export const labels = ['le']; export const decode = key => ['x'];").WithScript("other", Script).WithScript("third", Script);
        await ApplyAsync();
        Assert.Equal([1, 1, 1], Failures());
        Directory.Delete(Path.Combine(_folder.Plugins, "other"), recursive: true);
        await ApplyAsync();
        Assert.Equal([2, 1], Failures());
        await _plugins.ConfigureAsync(Parse("""{ "plugins": { "third": { "enabled": false } } }"""));
        Assert.Equal([3, 1], Failures());
        await _plugins.ConfigureAsync(Parse("""{ "plugins": { "third": { "enabled": false } } }"""));
        Assert.Equal([3, 1], Failures());
    }

    [Fact]
    public async Task An_operator_has_all_tried_again_but_what_runs_or_is_switched_off()
    {
        _folder.WithScript("a", Script).WithScript("b", Script);
        await _plugins.ConfigureAsync(Parse("""{ "plugins": { "b": { "enabled": false } } }"""));
        await ApplyAsync();
        await _plugins.RetryAsync();
        Assert.Equal([2, 0], Failures());
    }

    [Fact]
    public async Task One_that_is_gone_and_has_counted_nothing_is_forgotten()
    {
        _folder.WithScript("a", Script);
        await ApplyAsync();
        PluginSupervisor first = Assert.Single(_plugins.Supervisors);
        await _plugins.TidyAsync();
        Assert.Same(first, Assert.Single(_plugins.Supervisors));
        Directory.Delete(Path.Combine(_folder.Plugins, "a"), recursive: true);
        await ApplyAsync();
        await _plugins.TidyAsync();
        _folder.WithScript("a", Script);
        await ApplyAsync();
        Assert.NotSame(first, Assert.Single(_plugins.Supervisors));
    }

    [Fact]
    public async Task What_comes_while_the_set_ends_is_not_begun()
    {
        _folder.WithScript("a", Script);
        await ApplyAsync();
        _folder.WithScript("b", Script);
        IReadOnlyList<PluginChange> changes = Scan();
        await _plugins.DisposeAsync();
        await _plugins.ApplyAsync(changes);
        Assert.Equal(PluginState.Stopped, Assert.Single(_plugins.Supervisors).Status.State);
        Assert.Single(_log.Messages(LogLevel.Error));
    }

    private IReadOnlyList<PluginChange> Scan()
    {
        _watch.Rescan();
        return _watch.Scan();
    }

    private Task ApplyAsync() => _plugins.ApplyAsync(Scan());

    private long[] Failures() => [.. _plugins.Supervisors.Select(static one => one.Loads.Failures)];

    private AgentConfiguration Parse(string json) => AgentConfigurationLoader.Parse(System.Text.Encoding.UTF8.GetBytes(json), _folder.Configuration, []);
}
