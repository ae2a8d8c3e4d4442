using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>From one version to the next: what runs goes on until something better can.</summary>
public sealed class SupervisorReloadTests : SupervisorFixture
{
    [Fact]
    public async Task A_new_version_takes_the_place_and_the_totals_of_the_old_one_which_is_let_go_of_only_then()
    {
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time) { Observed = 3 };
        bool ranUntilThen = false;
        await using PluginSupervisor supervisor = Supervise(
            Version(first), () => new FakePrepared(second.Plugin, Registry) { OnStart = before => ranUntilThen = before?.Running == first.Plugin && !first.IsDisposed });
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.True(ranUntilThen);
        Assert.Equal(1, first.Disposals);
        Assert.Equal((PluginState.Running, second.Plugin), (supervisor.Status.State, supervisor.Status.Running));
        WaitForPolls(supervisor, 2);
        Assert.Equal(8UL, Exposed());
        Assert.Equal(8UL, second.Exposed);
        Assert.Equal((1L, 1L, 0L), Counts(supervisor));
        Assert.Contains("test is reloaded: /plugins/test.dll, 0 programs attached, fake", Log.Messages(LogLevel.Information));
    }

    [Fact]
    public async Task A_version_that_cant_be_prepared_leaves_the_old_one_running_and_says_why()
    {
        var first = new FakeRunning(Registry, Time) { Observed = 5 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Broken());
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal(new PluginStatus(PluginState.Outdated, PluginError.Verifier, "the reason", first.Plugin), supervisor.Status);
        Assert.Equal(["test could not be reloaded (Verifier), the version before it goes on: the reason"], Log.Messages(LogLevel.Error));
        Assert.Equal((1L, 0L, 1L), Counts(supervisor));
        first.Observed = 6;
        Tick(supervisor, 2);
        Assert.Equal(6UL, Exposed());
        Assert.Equal(0, first.Disposals);
    }

    [Fact]
    public async Task A_version_that_cant_be_started_leaves_the_old_one_running_and_is_undone()
    {
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second, new PluginException(PluginError.Unsupported, "no such point")));
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal(new PluginStatus(PluginState.Outdated, PluginError.Unsupported, "no such point", first.Plugin), supervisor.Status);
        Assert.Equal((0, 1), (first.Disposals, second.Disposals));
        first.Observed = 6;
        Tick(supervisor, 2);
        Assert.Equal(6UL, Exposed());
    }

    [Fact]
    public async Task What_ran_before_is_running_again_without_a_load_when_its_content_is_back()
    {
        var first = new FakeRunning(Registry, Time);
        int loads = 0;
        await using PluginSupervisor supervisor = Supervise(
            () =>
            {
                loads++;
                return new FakePrepared(first.Plugin, Registry);
            },
            Broken(isTransient: true));
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal(PluginState.Outdated, supervisor.Status.State);
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal(new PluginStatus(PluginState.Running, Running: first.Plugin), supervisor.Status);
        Assert.Equal((1, 0), (loads, first.Disposals));
        // The broken one is not tried behind its back.
        Time.Advance(TimeSpan.FromMinutes(10));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((PluginState.Running, 1L), (supervisor.Status.State, supervisor.Loads.Retries));
    }

    [Fact]
    public async Task A_poll_of_the_old_one_that_fails_does_not_hide_why_it_is_the_old_one()
    {
        var first = new FakeRunning(Registry, Time) { Observed = 5 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Broken());
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        first.Calls.BatchResult = -Errno.NotPermitted;
        Tick(supervisor, 2);
        Assert.True(supervisor.PollsFail);
        Assert.Equal(new PluginStatus(PluginState.Outdated, PluginError.Verifier, "the reason", first.Plugin), supervisor.Status);
    }

    [Fact]
    public async Task A_scrape_sees_the_old_families_until_the_new_ones_have_something_to_show()
    {
        using var release = new ManualResetEventSlim();
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time, key => Hang(release, key)) { Observed = 3 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second));
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Eventually(() => second.Calls.BatchCalls > 0, "the first poll's begin");
        Assert.Same(first.Plugin.Families[0], Registry.Families["fake"]);
        Assert.Equal(5UL, Exposed());
        release.Set();
        Eventually(() => Registry.Families["fake"] == second.Plugin.Families[0], "the new family");
        Assert.Equal(8UL, Exposed());
    }

    [Fact]
    public async Task One_whose_first_poll_is_still_to_come_keeps_its_names_when_the_next_version_is_refused()
    {
        using var release = new ManualResetEventSlim();
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time, key => Hang(release, key), metric: "other") { Observed = 3 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second), Version(new FakeRunning(Registry, Time), new PluginException(PluginError.Kernel, "full")));
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Eventually(() => second.Calls.BatchCalls > 0, "the first poll's begin");
        await supervisor.RunAsync(Target(EverySecond, content: 2));
        Assert.Equal(PluginState.Outdated, supervisor.Status.State);
        Assert.Equal(("other", "test"), Registry.Reserve(["other"], "another"));
        release.Set();
        Eventually(() => Exposed("other") == 3, "the second version's family");
        Assert.False(Registry.Families.ContainsKey("fake"));
    }

    [Fact]
    public async Task Another_interval_is_taken_up()
    {
        FakeRunning[] fakes = [new(Registry, Time) { Observed = 1 }, new(Registry, Time) { Observed = 1 }];
        int loads = 0;
        await using PluginSupervisor supervisor = Supervise((_, _) => new FakePrepared(fakes[loads++].Plugin, Registry));
        await supervisor.RunAsync(Target(EverySecond));
        WaitForPolls(supervisor, 1);
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        WaitForPolls(supervisor, 2);
        Time.Advance(TimeSpan.FromSeconds(30));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(2, supervisor.Polls.Read().Polls);
        await supervisor.PollForScrapeAsync();
        Assert.Equal((3L, 2UL), (supervisor.Polls.Read().Polls, Exposed()));
    }

    [Fact]
    public async Task Code_of_the_plugins_that_throws_while_it_is_unloaded_ends_nothing_else()
    {
        FakeRunning first = new(Registry, Time, onDispose: static () => throw new InvalidOperationException("not now")), second = new(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second));
        await RunFirstAsync(supervisor);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal(new PluginStatus(PluginState.Running, Running: second.Plugin), supervisor.Status);
        Assert.Equal(["test: something of a version that was unloaded may still be there: not now"], Log.Messages(LogLevel.Warning));
        await supervisor.RemoveAsync();
        Assert.Equal((PluginState.Stopped, 1), (supervisor.Status.State, second.Disposals));
    }

    private static (long Loads, long Reloads, long Failures) Counts(PluginSupervisor supervisor) => (supervisor.Loads.Loads, supervisor.Loads.Reloads, supervisor.Loads.Failures);

    private static async Task RunFirstAsync(PluginSupervisor supervisor)
    {
        await supervisor.RunAsync(Target(EverySecond));
        WaitForPolls(supervisor, 1);
    }
}
