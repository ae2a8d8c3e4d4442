using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>How a supervisor lets go of its plugin.</summary>
public sealed class SupervisorEndTests : SupervisorFixture
{
    [Fact]
    public async Task A_running_plugin_is_unloaded_and_its_names_are_free()
    {
        var fake = new FakeRunning(Registry, Time);
        PluginSupervisor supervisor = Supervise(() => fake.Plugin, EverySecond);
        await RunAsync(supervisor);
        Assert.Single(Registry.Families);
        await supervisor.DisposeAsync();
        Assert.Equal(PluginState.Stopped, supervisor.Status.State);
        Assert.True(fake.IsDisposed);
        Assert.Empty(Registry.Families);
        Assert.Null(Registry.Reserve(["fake"], "another"));
    }

    [Fact]
    public async Task It_is_not_polled_any_more()
    {
        var fake = new FakeRunning(Registry, Time);
        PluginSupervisor supervisor = Supervise(() => fake.Plugin, EverySecond);
        await RunAsync(supervisor);
        Eventually(() => supervisor.Polls.Read().Polls == 1, "the first poll");
        await supervisor.DisposeAsync();
        Time.Advance(TimeSpan.FromSeconds(5));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(1, supervisor.Polls.Read().Polls);
    }

    [Fact]
    public async Task A_load_under_way_is_undone_when_it_comes_back()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        FakeRunning? late = null;
        PluginSupervisor supervisor = Supervise(
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
        await supervisor.DisposeAsync();
        await starting;
        release.Set();
        Eventually(() => late is { IsDisposed: true } && Registry.Families.IsEmpty, "the late plugin's end");
        Assert.Equal(PluginState.Stopped, supervisor.Status.State);
    }

    [Fact]
    public async Task A_poll_that_hangs_is_left_behind_after_a_second()
    {
        using var release = new ManualResetEventSlim();
        var fake = new FakeRunning(Registry, Time, key => Hang(release, key)) { Observed = 1 };
        PluginSupervisor supervisor = Supervise(() => fake.Plugin, EverySecond);
        await RunAsync(supervisor);
        Eventually(() => fake.Calls.BatchCalls > 0, "the poll's begin");
        long started = TimeProvider.System.GetTimestamp();
        await supervisor.DisposeAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));
        Assert.False(fake.IsDisposed, "what a poll still reads was taken away");
        release.Set();
    }

    [Fact]
    public async Task One_that_was_never_started_ends_as_well()
    {
        PluginSupervisor supervisor = Supervise(() => new FakeRunning(Registry, Time).Plugin, PollInterval.OnScrape);
        await supervisor.DisposeAsync();
        await RunAsync(supervisor);
        Assert.Equal(PluginState.Stopped, supervisor.Status.State);
        Assert.Empty(Registry.Families);
    }
}
