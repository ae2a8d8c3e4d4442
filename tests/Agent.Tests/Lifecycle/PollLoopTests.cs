using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>The polls of one version, and the pauses in which another takes over.</summary>
public sealed class PollLoopTests : SupervisorFixture, IPollObserver
{
    private readonly List<Exception?> _heard = [];
    private Action _onHeard = static () => { };

    void IPollObserver.Succeeded(PollLoop loop) => Hear(null);

    void IPollObserver.Failed(PollLoop loop, Exception failure) => Hear(failure);

    [Fact]
    public async Task No_poll_begins_in_a_pause_and_the_one_that_was_due_is_made_after_it()
    {
        var fake = new FakeRunning(Registry, Time);
        PollLoop loop = Make(fake, PollInterval.OnScrape, out PollRecord record);
        Assert.True(await loop.PauseAsync(TimeSpan.Zero));
        Task scrape = loop.PollForScrapeAsync();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((false, 0), (scrape.IsCompleted, fake.Calls.BatchCalls));
        Assert.False(await loop.PauseAsync(TimeSpan.Zero), "two paused it at once");
        loop.Resume();
        await scrape;
        Assert.Equal(1, record.Read().Polls);
        Assert.Equal([null], _heard);
    }

    [Fact]
    public async Task A_pause_waits_for_a_poll_that_is_under_way_and_not_for_ever()
    {
        using var release = new ManualResetEventSlim();
        var fake = new FakeRunning(Registry, Time, key => Hang(release, key)) { Observed = 1 };
        PollLoop loop = Make(fake, PollInterval.OnScrape, out _);
        Task scrape = loop.PollForScrapeAsync();
        Eventually(() => fake.Calls.BatchCalls > 0, "the poll's begin");
        Assert.False(await loop.PauseAsync(TimeSpan.FromMilliseconds(50)));
        Task<bool> pause = loop.PauseAsync(TimeSpan.FromSeconds(10));
        Assert.False(pause.IsCompleted);
        release.Set();
        Assert.True(await pause);
        await scrape;
        Assert.Equal(1UL, fake.Exposed);
    }

    [Fact]
    public async Task What_waits_in_a_pause_ends_with_the_loop()
    {
        var fake = new FakeRunning(Registry, Time);
        PollLoop loop = Make(fake, PollInterval.OnScrape, out PollRecord record);
        await loop.PauseAsync(TimeSpan.Zero);
        Task[] scrapes = [loop.PollForScrapeAsync(), loop.PollForScrapeAsync()];
        loop.Stop();
        await Task.WhenAll(scrapes).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        loop.Resume();
        await loop.PollForScrapeAsync();
        loop.Start(atOnce: true);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0L), (fake.Calls.BatchCalls, record.Read().Polls));
    }

    [Fact]
    public async Task One_for_scrapes_polls_at_once_if_it_is_told_to_and_then_never_by_itself()
    {
        PollLoop waits = Make(new FakeRunning(Registry, Time), PollInterval.OnScrape, out PollRecord none);
        waits.Start(atOnce: false);
        PollLoop polls = Make(new FakeRunning(Registry, Time), PollInterval.OnScrape, out PollRecord one);
        polls.Start(atOnce: true);
        Eventually(() => one.Read().Polls == 1, "its poll");
        Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((0L, 1L), (none.Read().Polls, one.Read().Polls));
    }

    [Fact]
    public async Task It_is_settled_and_counted_only_when_whoever_observes_it_has_been_told()
    {
        PollLoop loop = Make(new FakeRunning(Registry, Time), EverySecond, out PollRecord record);
        bool wasSettled = true;
        _onHeard = () => wasSettled = loop.IsSettled;
        Assert.False(loop.IsSettled);
        loop.Start(atOnce: false);
        Eventually(() => record.Read().Polls == 1, "the first poll");
        Assert.Equal((false, true), (wasSettled, loop.IsSettled));
        loop.Stop();
        Assert.True(await loop.PauseAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_poll_that_fails_is_told_and_the_next_one_is_made()
    {
        var fake = new FakeRunning(Registry, Time);
        fake.Calls.BatchResult = -Errno.NotPermitted;
        PollLoop loop = Make(fake, EverySecond, out PollRecord record);
        loop.Start(atOnce: false);
        Eventually(() => record.Read().Failures == 1, "the failure");
        Assert.Equal("can't read map 'fake': operation not permitted (EPERM)", Assert.Single(_heard)!.Message);
        fake.Calls.BatchResult = 0;
        EventuallyInTime(TimeSpan.FromSeconds(1), () => record.Read().Polls == 2, "the next poll");
        Assert.Equal(1, record.Read().Failures);
        loop.Stop();
    }

    [Fact]
    public void One_that_was_ended_keeps_no_poll()
    {
        var fake = new FakeRunning(Registry, Time) { Observed = 5 };
        PollLoop loop = Make(fake, EverySecond, out PollRecord record);
        fake.Plugin.End();
        loop.Start(atOnce: false);
        Eventually(() => record.Read().Polls == 1, "the poll");
        Assert.Equal((1L, 0UL), (record.Read().Failures, fake.Exposed));
        loop.Stop();
    }

    private PollLoop Make(FakeRunning fake, PollInterval interval, out PollRecord record) =>
        new(fake.Plugin, interval, record = new PollRecord(Time), JournalEntry.None, this, Time);

    private void Hear(Exception? failure)
    {
        lock (_heard) _heard.Add(failure);
        _onHeard();
    }
}
