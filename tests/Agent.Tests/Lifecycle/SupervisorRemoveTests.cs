using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Plugins that are removed or switched off, and those that come back.</summary>
public sealed class SupervisorRemoveTests : SupervisorFixture
{
    [Fact]
    public async Task A_plugin_that_is_removed_is_unloaded_and_its_names_are_free()
    {
        var fake = new FakeRunning(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(fake));
        await supervisor.RunAsync(Target(EverySecond));
        WaitForPolls(supervisor, 1);
        await supervisor.RemoveAsync();
        Assert.Equal(new PluginStatus(PluginState.Stopped), supervisor.Status);
        Assert.Equal(1, fake.Disposals);
        Assert.Empty(Registry.Families);
        Assert.Null(Registry.Reserve(["fake"], "another"));
        Assert.Contains("test is unloaded: /plugins/test.dll is gone", Log.Messages(LogLevel.Information));
        Time.Advance(TimeSpan.FromSeconds(5));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(1, supervisor.Polls.Read().Polls);
    }

    [Theory]
    [InlineData(60, 10UL)]
    [InlineData(61, 3UL)]
    public async Task One_that_is_back_within_a_minute_goes_on_from_what_it_had_counted(int seconds, ulong total)
    {
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time) { Observed = 3 };
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second));
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        await supervisor.PollForScrapeAsync();
        // Counted between its last poll and its end.
        first.Observed = 7;
        await supervisor.RemoveAsync();
        Assert.True(supervisor.IsRemembered);
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 1));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(total, Exposed());
        Assert.False(supervisor.IsRemembered);
        Assert.Equal((2L, 0L), (supervisor.Loads.Loads, supervisor.Loads.Reloads));
    }

    [Fact]
    public async Task One_that_is_back_and_fails_at_first_still_goes_on_from_there()
    {
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time) { Observed = 3 };
        await using PluginSupervisor supervisor = Supervise(
            Version(first), Version(new FakeRunning(Registry, Time), new PluginException(PluginError.Kernel, "busy") { IsTransient = false }), Version(second));
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        await supervisor.PollForScrapeAsync();
        await supervisor.RemoveAsync();
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 1));
        Assert.Equal(new PluginStatus(PluginState.Failed, PluginError.Kernel, "busy"), supervisor.Status);
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 2));
        Time.Advance(TimeSpan.FromSeconds(1));
        await supervisor.PollForScrapeAsync();
        Assert.Equal(8UL, Exposed());
    }

    [Fact]
    public async Task One_that_the_configuration_switches_off_is_unloaded()
    {
        var fake = new FakeRunning(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(fake));
        await supervisor.RunAsync(Target(EverySecond));
        await supervisor.RunAsync(Target(EverySecond, enabled: false));
        Assert.Equal(new PluginStatus(PluginState.Disabled), supervisor.Status);
        Assert.Equal(1, fake.Disposals);
        Assert.Empty(Registry.Families);
    }

    [Fact]
    public async Task One_whose_folder_is_no_plugin_any_more_is_unloaded_and_says_why()
    {
        var fake = new FakeRunning(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(fake));
        PluginTarget target = Target(EverySecond);
        await supervisor.RunAsync(target);
        await supervisor.RunAsync(target with { Candidate = target.Candidate with { EntryPath = null, Problem = "there is nothing in it" } });
        Assert.Equal(new PluginStatus(PluginState.Failed, PluginError.Plugin, "there is nothing in it"), supervisor.Status);
        Assert.Equal(1, fake.Disposals);
        Assert.Empty(Registry.Families);
    }
}
