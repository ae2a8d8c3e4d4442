using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Survival;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A supervisor, with time and plugin in the test's hands.</summary>
public abstract class SupervisorFixture
{
    private const string Path = "/plugins/test.dll";

    private protected FakeTimeProvider Time { get; } = new();

    private protected FamilyRegistry Registry { get; } = new();

    private protected ListLogger Log { get; } = new();

    private protected static PollInterval EverySecond { get; } = PollInterval.Every(TimeSpan.FromSeconds(1));

    private protected CrashJournal? Journal { get; set; }

    private PluginTarget? _target;

    private protected PluginSupervisor Supervise(Func<RunningPlugin> load, PollInterval interval, bool enabled = true)
    {
        _target = Target(interval, enabled: enabled);
        return Supervise((_, _) => new FakePrepared(load(), Registry));
    }

    private protected PluginSupervisor Supervise(Func<PluginTarget, RunningPlugin?, IPreparedPlugin> prepare) =>
        new("test", Path, (target, before, _) => prepare(target, before), Registry, Time, Log) { Journal = Journal };

    /// <summary>Supervises versions that are told apart by <see cref="Target"/>'s content, the first being 0.</summary>
    private protected PluginSupervisor Supervise(params Func<IPreparedPlugin>[] versions) => Supervise((target, _) => versions[target.Hash[0]]());

    /// <summary>A version that is sound.</summary>
    private protected Func<IPreparedPlugin> Version(FakeRunning fake, Exception? refusal = null) => () => new FakePrepared(fake.Plugin, Registry) { Refusal = refusal };

    /// <summary>A version that can't be prepared.</summary>
    private protected static Func<IPreparedPlugin> Broken(string message = "the reason", bool isTransient = false) =>
        () => throw new PluginException(PluginError.Verifier, message) { IsTransient = isTransient };

    /// <summary>Runs what the supervisor was made for.</summary>
    private protected Task RunAsync(PluginSupervisor supervisor) => supervisor.RunAsync(_target!);

    private protected static PluginTarget Target(PollInterval interval, byte content = 0, bool enabled = true) => new(
        new PluginCandidate("test", Path, Path, Problem: null),
        Convert.ToHexString(Enumerable.Repeat(content, 16).ToArray()),
        TestPlugin.Settings(limits: new PluginLimits { LoadTimeout = TimeSpan.FromSeconds(10) }, interval: interval) with { Enabled = enabled },
        MetricPrefix: "");

    /// <summary>What a scrape would say of a metric; 0 if it isn't exposed.</summary>
    private protected ulong Exposed(string metric = "fake") => Registry.Families.TryGetValue(metric, out MetricFamily? family) ? FakeRunning.CountOf(family) : 0;

    /// <summary>Waits for what other threads have been set off to do. Only real time passes.</summary>
    private protected static void Eventually(Func<bool> holds, string what) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(10)), $"not seen: {what}");

    /// <summary>Moves time on until something holds: what waits for a time may not have begun to wait when it is moved.</summary>
    private protected void EventuallyInTime(TimeSpan step, Func<bool> holds, string what) => Eventually(
        () =>
        {
            if (holds()) return true;
            Time.Advance(step);
            return SpinWait.SpinUntil(holds, TimeSpan.FromMilliseconds(20));
        },
        what);

    private protected static void WaitForPolls(PluginSupervisor supervisor, long polls) => Eventually(() => supervisor.Polls.Read().Polls == polls, $"poll {polls}");

    /// <summary>Moves time to the next poll by the clock.</summary>
    private protected void Tick(PluginSupervisor supervisor, long polls) => Eventually(
        () =>
        {
            // The poll's task may not have begun to wait when time is moved: then it waits for the next point of the grid, and time is moved again.
            Thread.Sleep(20);
            if (supervisor.Polls.Read().Polls < polls) Time.Advance(TimeSpan.FromSeconds(1));
            return SpinWait.SpinUntil(() => supervisor.Polls.Read().Polls == polls, TimeSpan.FromMilliseconds(200));
        },
        $"poll {polls}");

    /// <summary>A decoder that doesn't return before it is let.</summary>
    private protected static string[] Hang(ManualResetEventSlim release, byte key)
    {
        release.Wait();
        return [$"{key}"];
    }
}
