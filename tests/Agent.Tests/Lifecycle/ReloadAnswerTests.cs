using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What an operator who asks for a reload is told.</summary>
public sealed class ReloadAnswerTests : IAsyncDisposable
{
    private readonly AgentFolder _folder = new();
    private readonly PluginSet _plugins;
    private readonly ReloadLoop _loop;

    public ReloadAnswerTests()
    {
        AgentConfiguration configuration = AgentConfigurationLoader.Load(_folder.Configuration, []);
        _plugins = new PluginSet(configuration, Refusal.WithoutRights, journal: null, survivors: null, TimeProvider.System, new ListLogger());
        var watch = new PluginWatch(configuration.PluginFolders, TimeProvider.System);
        _loop = new ReloadLoop(_plugins, watch, new FileWatch(_folder.Configuration, TimeProvider.System), new Settings(_folder.Configuration), TimeProvider.System, new ListLogger());
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _plugins.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_refused_configuration_is_said_until_it_is_corrected()
    {
        string right = await File.ReadAllTextAsync(_folder.Configuration, TestContext.Current.CancellationToken);
        Assert.Empty(await _loop.ReloadAsync("a test"));
        await File.WriteAllTextAsync(_folder.Configuration, """{ "intervall": "5s" }""", TestContext.Current.CancellationToken);
        // It is read once, and wrong for as long as it lies there.
        string said = Assert.Single(await _loop.ReloadAsync("a test"));
        Assert.Contains("intervall: unknown key; did you mean \"interval\"?", said, StringComparison.Ordinal);
        Assert.Equal([said], await _loop.ReloadAsync("a test"));
        await File.WriteAllTextAsync(_folder.Configuration, right, TestContext.Current.CancellationToken);
        Assert.Empty(await _loop.ReloadAsync("a test"));
    }

    private sealed class Settings(string file) : IReloadedSettings
    {
        public AgentConfiguration Apply(byte[] text) => AgentConfigurationLoader.Parse(text, file, []);
    }
}
