using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Loads and polls that don't return while something else is wanted.</summary>
public sealed class SupervisorHangTests : SupervisorFixture
{
    [Fact]
    public async Task A_newer_version_does_not_wait_for_a_load_under_way_which_is_disposed_when_it_comes_back()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        FakeRunning late = new(Registry, Time), newer = new(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Hanging(late, begun, release), Version(newer));
        Task first = supervisor.RunAsync(Target(EverySecond));
        Eventually(() => begun.IsSet, "the load's begin");
        await SoonAsync(supervisor.RunAsync(Target(EverySecond, content: 1)));
        await first;
        Assert.Equal(new PluginStatus(PluginState.Running, Running: newer.Plugin), supervisor.Status);
        Assert.Equal((1L, 0L), (supervisor.Loads.Loads, supervisor.Loads.Failures));
        release.Set();
        Eventually(() => late.IsDisposed, "the late version's end");
        Assert.Equal(new PluginStatus(PluginState.Running, Running: newer.Plugin), supervisor.Status);
        Assert.Equal(0, newer.Disposals);
    }

    [Fact]
    public async Task A_load_that_hangs_is_not_tried_again_before_it_has_returned()
    {
        using var release = new ManualResetEventSlim();
        var sound = new FakeRunning(Registry, Time);
        int attempts = 0;
        await using PluginSupervisor supervisor = Supervise(() =>
        {
            if (Interlocked.Increment(ref attempts) > 1) return new FakePrepared(sound.Plugin, Registry);
            release.Wait();
            throw new InvalidOperationException("too late");
        });
        Task first = supervisor.RunAsync(Target(EverySecond));
        EventuallyInTime(TimeSpan.FromSeconds(1), () => first.IsCompleted, "the first attempt's end");
        EventuallyInTime(TimeSpan.FromSeconds(10), () => supervisor.Loads.Retries >= 4, "further attempts");
        Assert.Equal((PluginState.Failed, PluginError.Timeout), (supervisor.Status.State, supervisor.Status.Error));
        Assert.Equal((1, 1L), (Volatile.Read(ref attempts), supervisor.Loads.Failures));
        // Nor is it because an operator asks.
        Task asked = supervisor.RunAsync(Target(EverySecond));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((1, false), (Volatile.Read(ref attempts), asked.IsCompleted));
        release.Set();
        await SoonAsync(asked);
        Assert.Equal((PluginState.Running, 2), (supervisor.Status.State, Volatile.Read(ref attempts)));
    }

    [Fact]
    public async Task A_version_that_hangs_does_not_keep_its_correction_out()
    {
        using var release = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        FakeRunning late = new(Registry, Time), correct = new(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Hanging(late, begun, release), Version(correct));
        Task first = supervisor.RunAsync(Target(EverySecond));
        EventuallyInTime(TimeSpan.FromSeconds(1), () => first.IsCompleted, "the first attempt's end");
        Assert.Equal(PluginError.Timeout, supervisor.Status.Error);
        await SoonAsync(supervisor.RunAsync(Target(EverySecond, content: 1)));
        Assert.Equal(new PluginStatus(PluginState.Running, Running: correct.Plugin), supervisor.Status);
        release.Set();
    }

    [Fact]
    public async Task A_poll_of_the_old_version_that_hangs_does_not_keep_the_new_one_out_and_commits_nothing_when_it_returns()
    {
        using var release = new ManualResetEventSlim();
        FakeRunning first = new(Registry, Time, key => Hang(release, key)) { Observed = 5 }, second = new(Registry, Time) { Observed = 3 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second));
        await supervisor.RunAsync(Target(EverySecond));
        Eventually(() => first.Calls.BatchCalls > 0, "the poll's begin");
        await SoonAsync(supervisor.RunAsync(Target(EverySecond, content: 1)));
        Assert.Equal(second.Plugin, supervisor.Status.Running);
        Eventually(() => Exposed() == 3, "the new version's first poll");
        Assert.False(first.IsDisposed, "what a poll still reads was taken away");
        release.Set();
        Eventually(() => first.IsDisposed, "the old version's end");
        Assert.Equal((0UL, 3UL), (first.Exposed, Exposed()));
        Assert.Equal(new PluginStatus(PluginState.Running, Running: second.Plugin), supervisor.Status);
        Assert.False(supervisor.PollsFail);
    }

    [Fact]
    public async Task A_last_poll_that_hangs_does_not_keep_a_plugin_from_being_removed()
    {
        using var release = new ManualResetEventSlim();
        int calls = 0;
        var fake = new FakeRunning(Registry, Time, key => Interlocked.Increment(ref calls) > 1 ? Hang(release, key) : [$"{key}"]) { Observed = 5 };
        await using PluginSupervisor supervisor = Supervise(Version(fake));
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        await supervisor.PollForScrapeAsync();
        fake.Calls.Add([2], new byte[24]);
        await SoonAsync(supervisor.RemoveAsync());
        Assert.Equal(new PluginStatus(PluginState.Stopped), supervisor.Status);
        Assert.Empty(Registry.Families);
        Assert.False(fake.IsDisposed, "what a poll still reads was taken away");
        Assert.False(supervisor.IsRemembered);
        release.Set();
        Eventually(() => fake.IsDisposed, "its end");
    }

    // A test that hangs says less than one that fails.
    private static Task SoonAsync(Task task) => task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    private Func<IPreparedPlugin> Hanging(FakeRunning fake, ManualResetEventSlim begun, ManualResetEventSlim release) => () =>
    {
        begun.Set();
        release.Wait();
        return new FakePrepared(fake.Plugin, Registry);
    };
}
