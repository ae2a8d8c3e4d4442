using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Whole folders of plugins, on a kernel that lets nobody load anything: what is sound gets as far as that.</summary>
public sealed class PluginSetTests : IAsyncDisposable
{
    private readonly AgentFolder _folder = new();
    private readonly ListLogger _log = new();
    private PluginSet? _plugins;

    public async ValueTask DisposeAsync()
    {
        if (_plugins is not null) await _plugins.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("export const labels = [;", "decode.js:1:24: syntax error: ")]
    [InlineData("export const decode = key => [];", "the export 'labels' is missing")]
    [InlineData("export const labels = ['a'];", "the export 'decode' is missing")]
    [InlineData("export const labels = 'a'; export const decode = key => [];", "the export 'labels' is")]
    [InlineData("export const labels = ['a']; export const decode = 1;", "the export 'decode' is")]
    [InlineData("throw new Error('at the top'); export const labels = [];", "at the top")]
    [InlineData("for (;;) ; export const labels = [];", "was stopped. Look for a loop that doesn't end.")]
    [InlineData("import { x } from 'fs'; export const labels = [];", "decode.js:1:1: 'fs' is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../.")]
    public async Task A_wrong_script(string script, string message)
    {
        _folder.WithScript("wrong", script);
        PluginStatus status = Assert.Single(await LoadAsync()).Status;
        Assert.Equal((PluginState.Failed, PluginError.Script), (status.State, status.Error));
        Assert.Contains(message, status.Message!, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder.Plugins, "wrong", "decode.js"), status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_with_an_illegal_label_name()
    {
        _folder.WithScript("wrong", "export const labels = ['le']; export const decode = key => ['x'];");
        PluginStatus status = Assert.Single(await LoadAsync()).Status;
        Assert.Equal((PluginState.Failed, PluginError.Metric), (status.State, status.Error));
    }

    [Fact]
    public async Task A_script_that_is_not_there()
    {
        _folder.WithScript("wrong", "");
        File.Delete(Path.Combine(_folder.Plugins, "wrong", "decode.js"));
        PluginStatus status = Assert.Single(await LoadAsync()).Status;
        Assert.Equal(PluginState.Failed, status.State);
        Assert.Equal($"the script {Path.Combine(_folder.Plugins, "wrong", "decode.js")} is not there; build it, or correct its name", status.Message);
    }

    [Theory]
    [InlineData("{", PluginError.Manifest)]
    [InlineData("{}", PluginError.Manifest)]
    [InlineData("""{ "object": "../latency.bpf.o", "metrics": [] }""", PluginError.Manifest)]
    internal async Task A_wrong_manifest(string json, PluginError error)
    {
        _folder.WithFile("wrong/plugin.json", json);
        PluginStatus status = Assert.Single(await LoadAsync()).Status;
        Assert.Equal((PluginState.Failed, error), (status.State, status.Error));
        Assert.Contains("plugin.json:1:", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_neither_a_manifest_nor_a_DLL()
    {
        _folder.WithFile("notes/readme.txt", "nothing");
        PluginStatus status = Assert.Single(await LoadAsync()).Status;
        Assert.Equal(
            new PluginStatus(PluginState.Failed, PluginError.Plugin, $"{Path.Combine(_folder.Plugins, "notes")} is not a plugin: it has no plugin.json, no notes.dll and no BPF object (*.bpf.o)"), status);
    }

    [Fact]
    public async Task Sound_plugins_get_as_far_as_the_kernel()
    {
        _folder.WithDll("Good").WithScript("script", "export const labels = ['x']; export const decode = key => [key.minor];");
        IReadOnlyList<PluginSupervisor> plugins = await LoadAsync();
        Assert.Equal(["Good", "script"], plugins.Select(static plugin => plugin.Name));
        Assert.All(plugins, static plugin => Assert.Equal((PluginState.Failed, PluginError.Permission), (plugin.Status.State, plugin.Status.Error)));
    }

    [Fact]
    public async Task A_section_for_a_plugin_that_is_not_there_is_said()
    {
        await LoadAsync("""{ "plugins": { "DiskLatncy": { "enabled": true } } }""");
        Assert.Contains("plugins.DiskLatncy: no plugin of this name was found in", Assert.Single(_plugins!.UnknownSections()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constructor_that_hangs_holds_up_the_others_for_two_seconds()
    {
        _folder.WithDll("HangingConstructor", "NoPlugin");
        long started = TimeProvider.System.GetTimestamp();
        IReadOnlyList<PluginSupervisor> plugins = await LoadAsync("""{ "limits": { "loadTimeout": "10s" } }""");
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(9));
        Assert.Equal([PluginState.Loading, PluginState.Failed], plugins.Select(static plugin => plugin.Status.State));
    }

    private async Task<IReadOnlyList<PluginSupervisor>> LoadAsync(string configuration = "{}")
    {
        File.WriteAllText(_folder.Configuration, configuration);
        AgentConfiguration settings = AgentConfigurationLoader.Load(_folder.Configuration, []);
        var watch = new PluginWatch(settings.PluginFolders, TimeProvider.System);
        _plugins = new PluginSet(settings, Refusal.WithoutRights, journal: null, survivors: null, TimeProvider.System, _log) { ExtraFiles = watch.SetExtraFiles };
        _folder.Age();
        await _plugins.ApplyAsync(watch.Scan());
        // The first script of a process takes its time where much else is going on; what hangs is not waited for.
        SpinWait.SpinUntil(() => _plugins.Supervisors.All(static plugin => plugin.IsSettled || plugin.Name == "HangingConstructor"), TimeSpan.FromSeconds(10));
        return _plugins.Supervisors;
    }
}
