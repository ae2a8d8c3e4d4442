using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Polls by the clock and for scrapes, those that fail, and those that hang.</summary>
public sealed class SupervisorPollTests : SupervisorFixture
{
    [Fact]
    public async Task It_polls_at_once_and_then_once_a_period()
    {
        var fake = new FakeRunning(Registry, Time) { Observed = 1 };
        await using PluginSupervisor supervisor = await StartAsync(fake, EverySecond);
        WaitForPolls(supervisor, 1);
        Assert.Equal(1UL, fake.Exposed);
        for (ulong poll = 2; poll < 6; poll++)
        {
            fake.Observed = poll;
            Tick(supervisor, (long)poll);
            Assert.Equal(poll, fake.Exposed);
        }
    }

    [Fact]
    public async Task A_poll_that_fails_keeps_the_series_and_is_seen_and_recovered_from()
    {
        var fake = new FakeRunning(Registry, Time) { Observed = 5 };
        await using PluginSupervisor supervisor = await StartAsync(fake, EverySecond);
        WaitForPolls(supervisor, 1);
        fake.Observed = 9;
        fake.Calls.BatchResult = -Errno.NotPermitted;
        Tick(supervisor, 2);
        Tick(supervisor, 3);
        Assert.Equal((PluginState.Running, PluginError.Poll, true), (supervisor.Status.State, supervisor.Status.Error, supervisor.PollsFail));
        Assert.Equal("can't read map 'fake': operation not permitted (EPERM)", supervisor.Status.Message);
        Assert.Equal(2, supervisor.Polls.Read().Failures);
        Assert.True(supervisor.Polls.Read().Age >= TimeSpan.FromSeconds(2));
        Assert.Equal(5UL, fake.Exposed);
        fake.Calls.BatchResult = 0;
        Tick(supervisor, 4);
        Assert.Equal(9UL, fake.Exposed);
        Assert.False(supervisor.PollsFail);
        Assert.Single(Log.Messages(LogLevel.Error));
        Assert.Contains("test is polled again", Log.Messages(LogLevel.Information));
    }

    [Fact]
    public async Task For_a_scrape_it_polls_what_is_a_second_old()
    {
        var fake = new FakeRunning(Registry, Time) { Observed = 1 };
        await using PluginSupervisor supervisor = await StartAsync(fake, PollInterval.OnScrape);
        Assert.True(supervisor.IsSettled);
        Assert.Equal(0, supervisor.Polls.Read().Polls);
        await supervisor.PollForScrapeAsync();
        Time.Advance(TimeSpan.FromSeconds(0.9));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(1, supervisor.Polls.Read().Polls);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        fake.Observed = 2;
        await supervisor.PollForScrapeAsync();
        Assert.Equal((2L, 2UL), (supervisor.Polls.Read().Polls, fake.Exposed));
    }

    [Fact]
    public async Task Scrapes_at_once_share_a_poll()
    {
        await using PluginSupervisor supervisor = await StartAsync(new FakeRunning(Registry, Time), PollInterval.OnScrape);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => supervisor.PollForScrapeAsync()));
        Assert.Equal(1, supervisor.Polls.Read().Polls);
    }

    [Fact]
    public async Task A_plugin_that_is_polled_by_the_clock_is_not_polled_for_scrapes()
    {
        await using PluginSupervisor supervisor = await StartAsync(new FakeRunning(Registry, Time), EverySecond);
        WaitForPolls(supervisor, 1);
        await supervisor.PollForScrapeAsync();
        Assert.Equal(1, supervisor.Polls.Read().Polls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_poll_that_hangs_is_waited_for_two_seconds_and_then_no_more(bool onScrape)
    {
        using var release = new ManualResetEventSlim();
        var fake = new FakeRunning(Registry, Time, key => Hang(release, key)) { Observed = 1 };
        await using PluginSupervisor supervisor = await StartAsync(fake, onScrape ? PollInterval.OnScrape : EverySecond);
        Task scrape = supervisor.PollForScrapeAsync();
        Eventually(() => fake.Calls.BatchCalls > 0, "the poll's begin");
        Assert.Equal((onScrape, false), (supervisor.IsSettled, supervisor.PollsFail));
        Time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal((true, true), (supervisor.IsSettled, supervisor.PollsFail));
        Assert.True(supervisor.PollForScrapeAsync().IsCompletedSuccessfully);
        release.Set();
        await scrape;
        Eventually(() => fake.Exposed == 1 && !supervisor.PollsFail, "the poll's end");
    }

    [Fact]
    public async Task What_a_decoder_throws_is_logged_once_a_minute()
    {
        var fake = new FakeRunning(Registry, Time, static key => throw new InvalidOperationException($"no name for {key}"));
        await using PluginSupervisor supervisor = await StartAsync(fake, PollInterval.OnScrape);
        for (byte key = 0; key < 10; key++)
        {
            fake.Calls.Add([key], new byte[24]);
            await supervisor.PollForScrapeAsync();
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("test: 1 keys got no series; the last one of fake: no name for 0", Assert.Single(Log.Messages(LogLevel.Warning)));
        Time.Advance(TimeSpan.FromMinutes(1));
        await supervisor.PollForScrapeAsync();
        Assert.Equal("test: 9 keys got no series; the last one of fake: no name for 9", Log.Messages(LogLevel.Warning).Last());
        Time.Advance(TimeSpan.FromMinutes(2));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(2, Log.Messages(LogLevel.Warning).Count());
    }

    private async Task<PluginSupervisor> StartAsync(FakeRunning fake, PollInterval interval)
    {
        PluginSupervisor supervisor = Supervise(() => fake.Plugin, interval);
        await RunAsync(supervisor);
        return supervisor;
    }
}
