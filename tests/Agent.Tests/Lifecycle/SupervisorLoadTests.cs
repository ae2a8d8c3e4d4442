using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>From pending to running, failed or unsupported.</summary>
public sealed class SupervisorLoadTests : SupervisorFixture
{
    [Fact]
    public async Task A_plugin_is_pending_until_it_is_started()
    {
        await using PluginSupervisor supervisor = Supervise(() => new FakeRunning(Registry, Time).Plugin, EverySecond);
        Assert.Equal(PluginState.Pending, supervisor.Status.State);
        Assert.False(supervisor.IsSettled);
    }

    [Fact]
    public async Task A_disabled_plugin_is_not_loaded()
    {
        await using PluginSupervisor supervisor = Supervise(static () => throw new InvalidOperationException("it was"), EverySecond, enabled: false);
        await RunAsync(supervisor);
        Assert.Equal(new PluginStatus(PluginState.Disabled), supervisor.Status);
        Assert.True(supervisor.IsSettled);
    }

    [Fact]
    public async Task A_plugin_that_loads_is_running_and_settled_once_it_was_polled()
    {
        var fake = new FakeRunning(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(() => fake.Plugin, EverySecond);
        await RunAsync(supervisor);
        Assert.Equal((PluginState.Running, null), (supervisor.Status.State, supervisor.Status.Error));
        Eventually(() => supervisor.IsSettled, "the first poll");
        Assert.Contains("test is running: /plugins/test.dll, 0 programs attached, fake", Log.Messages(LogLevel.Information));
    }

    [Theory]
    [InlineData(PluginError.Verifier, PluginState.Failed, LogLevel.Error)]
    [InlineData(PluginError.Permission, PluginState.Failed, LogLevel.Error)]
    [InlineData(PluginError.Unsupported, PluginState.Unsupported, LogLevel.Warning)]
    internal async Task A_plugin_that_does_not_load_says_why(PluginError error, PluginState state, LogLevel level)
    {
        await using PluginSupervisor supervisor = Supervise(() => throw new PluginException(error, "the reason"), EverySecond);
        await RunAsync(supervisor);
        Assert.Equal(new PluginStatus(state, error, "the reason"), supervisor.Status);
        Assert.True(supervisor.IsSettled);
        Assert.Contains("the reason", Assert.Single(Log.Messages(level)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_an_internal_error()
    {
        await using PluginSupervisor supervisor = Supervise(static () => throw new FormatException("odd"), EverySecond);
        await RunAsync(supervisor);
        Assert.Equal(new PluginStatus(PluginState.Failed, PluginError.Internal, "FormatException: odd"), supervisor.Status);
    }

    [Fact]
    public async Task A_wrong_manifest_is_the_manifests_error()
    {
        await using PluginSupervisor supervisor = Supervise(static () => throw Wrong("{"), EverySecond);
        await RunAsync(supervisor);
        Assert.Equal((PluginState.Failed, PluginError.Manifest), (supervisor.Status.State, supervisor.Status.Error));

        static ConfigurationException Wrong(string json) => Assert.Throws<ConfigurationException>(() => PluginManifestLoader.Parse(System.Text.Encoding.UTF8.GetBytes(json), "/plugins/test/plugin.json"));
    }

    [Fact]
    public async Task A_load_that_does_not_return_is_given_up_and_undone_when_it_does()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        FakeRunning? late = null;
        await using PluginSupervisor supervisor = Supervise(
            () =>
            {
                begun.Set();
                release.Wait();
                late = new FakeRunning(Registry, Time);
                return late.Plugin;
            },
            EverySecond);
        Task starting = RunAsync(supervisor);
        Eventually(() => begun.IsSet, "the load's begin");
        Assert.Equal(PluginState.Loading, supervisor.Status.State);
        Assert.False(supervisor.IsSettled);
        Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(starting.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        await starting;
        Assert.Equal(
            new PluginStatus(
                PluginState.Failed, PluginError.Timeout, "/plugins/test.dll has not loaded within 10 s (limits.loadTimeout); code of its own that doesn't return, or a host that is too busy, is the usual cause"),
            supervisor.Status);
        release.Set();
        Eventually(() => late is { IsDisposed: true } && Registry.Families.IsEmpty, "the late plugin's end");
        Assert.Null(Registry.Reserve(["fake"], "another"));
        Assert.Equal(PluginState.Failed, supervisor.Status.State);
    }
}
