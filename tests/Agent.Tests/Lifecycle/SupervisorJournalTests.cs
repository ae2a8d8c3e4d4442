using EbpfAgent.Lifecycle;
using EbpfAgent.Survival;
using EbpfAgent.Tests.Survival;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What the next agent knows of a plugin that has ended this one.</summary>
public sealed class SupervisorJournalTests : SupervisorFixture, IDisposable
{
    private readonly List<TestFolder> _folders = [];

    public void Dispose()
    {
        Journal?.Dispose();
        _folders.ForEach(static folder => folder.Dispose());
    }

    [Fact]
    public async Task A_plugin_that_ended_the_agent_twice_is_not_loaded_until_its_files_change_or_somebody_asks()
    {
        for (int death = 0; death < CrashJournal.DeathsToQuarantine; death++)
        {
            Begin();
            Journal!.Open("test", Target(EverySecond).Hash).Enter(Activity.Loading);
            Die();
        }

        int loads = 0;
        FakeRunning[] fakes = [new(Registry, Time), new(Registry, Time)];
        await using PluginSupervisor supervisor = Supervise((_, _) => new FakePrepared(fakes[loads++].Plugin, Registry));
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal(
            new PluginStatus(
                PluginState.Quarantined, PluginError.Crash,
                "plugin 'test' is not loaded: the agent has died 2 times while it was being loaded; replace its files, or try it again with SIGHUP or POST /-/reload"),
            supervisor.Status);
        Assert.Equal((0, true), (loads, supervisor.IsSettled));
        Assert.Contains("test is quarantined: plugin 'test' is not loaded", Assert.Single(Log.Messages(Microsoft.Extensions.Logging.LogLevel.Error)), StringComparison.Ordinal);

        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal((PluginState.Running, 1), (supervisor.Status.State, loads));
        await supervisor.RemoveAsync();

        // Other files were loaded, and with that the old ones are forgotten.
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal((PluginState.Running, 2), (supervisor.Status.State, loads));
    }

    [Fact]
    public async Task One_that_is_forgiven_is_loaded()
    {
        for (int death = 0; death < CrashJournal.DeathsToQuarantine; death++)
        {
            Begin();
            Journal!.Open("test", Target(EverySecond).Hash).Enter(Activity.Polling);
            Die();
        }

        await using PluginSupervisor supervisor = Supervise(Version(new FakeRunning(Registry, Time)));
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal(PluginState.Quarantined, supervisor.Status.State);
        Journal!.Forgive("test");
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal(PluginState.Running, supervisor.Status.State);
    }

    [Fact]
    public async Task A_death_is_laid_to_a_plugin_while_it_is_loaded_or_polled_and_at_no_other_time()
    {
        Begin();
        using var loading = new Stop();
        using var polling = new Stop();
        var fake = new FakeRunning(Registry, Time, polling.Decode) { Observed = 1 };
        await using PluginSupervisor supervisor = Supervise(() =>
        {
            loading.Here();
            return new FakePrepared(fake.Plugin, Registry);
        });
        Task running = supervisor.RunAsync(Target(EverySecond));
        loading.WaitFor();
        Assert.Equal(["the agent has died while plugin 'test' was being loaded; it is tried once more"], FindingsNow());
        loading.GoOn();
        await running;
        polling.WaitFor();
        Assert.Equal(["the agent has died while plugin 'test' was being polled; it is tried once more"], FindingsNow());
        polling.GoOn();
        WaitForPolls(supervisor, 1);
        Eventually(() => FindingsNow().Count == 0, "the poll's end");
    }

    [Fact]
    public async Task A_poll_that_hangs_in_a_version_that_was_replaced_is_laid_to_nobody()
    {
        Begin();
        using var release = new ManualResetEventSlim();
        FakeRunning first = new(Registry, Time, key => Hang(release, key)) { Observed = 1 }, second = new(Registry, Time);
        await using PluginSupervisor supervisor = Supervise(Version(first), Version(second));
        await supervisor.RunAsync(Target(EverySecond));
        Eventually(() => FindingsNow().Count == 1, "the poll's begin");
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        WaitForPolls(supervisor, 1);
        Eventually(() => FindingsNow().Count == 0, "its being left behind");
        release.Set();
    }

    private void Begin() => Journal ??= Open(image: null);

    private void Die()
    {
        byte[] image = Image();
        Journal!.Dispose();
        Journal = Open(image);
    }

    private byte[] Image() => File.ReadAllBytes(_folders[^1].State.Activity);

    // What another agent would find if this one were killed now.
    private IReadOnlyList<string> FindingsNow()
    {
        byte[] image = Image();
        using var folder = new TestFolder();
        File.WriteAllBytes(folder.State.Activity, image);
        using CrashJournal next = CrashJournal.TryOpen(folder.State, TestFolder.Configuration, Time, out _)!;
        return next.Findings;
    }

    private CrashJournal Open(byte[]? image)
    {
        var folder = new TestFolder();
        _folders.Add(folder);
        if (image is not null) File.WriteAllBytes(folder.State.Activity, image);
        CrashJournal? journal = CrashJournal.TryOpen(folder.State, TestFolder.Configuration, Time, out string? warning);
        Assert.Null(warning);
        return journal!;
    }

    /// <summary>A place in the plugin's code where the test takes a look.</summary>
    private sealed class Stop : IDisposable
    {
        private readonly ManualResetEventSlim _reached = new(), _release = new();

        public void Here()
        {
            _reached.Set();
            _release.Wait();
        }

        public string[] Decode(byte key)
        {
            Here();
            return [$"{key}"];
        }

        public void WaitFor() => Eventually(() => _reached.IsSet, "the plugin's code");

        public void GoOn() => _release.Set();

        public void Dispose()
        {
            _release.Set();
            _reached.Dispose();
        }
    }
}
