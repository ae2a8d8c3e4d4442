using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
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

    private PluginTarget? _target;

    private protected PluginSupervisor Supervise(Func<RunningPlugin> load, PollInterval interval, bool enabled = true)
    {
        _target = Target(interval, enabled: enabled);
        return Supervise((_, _) => new FakePrepared(load(), Registry));
    }

    private protected PluginSupervisor Supervise(Func<PluginTarget, RunningPlugin?, IPreparedPlugin> prepare) => new("test", Path, prepare, Registry, Time, Log);

    /// <summary>Runs what the supervisor was made for.</summary>
    private protected Task RunAsync(PluginSupervisor supervisor) => supervisor.RunAsync(_target!);

    private protected static PluginTarget Target(PollInterval interval, byte content = 0, bool enabled = true) => new(
        new PluginCandidate("test", Path, Path, Problem: null),
        Convert.ToHexString(Enumerable.Repeat(content, 16).ToArray()),
        TestPlugin.Settings(limits: new PluginLimits { LoadTimeout = TimeSpan.FromSeconds(10) }, interval: interval) with { Enabled = enabled },
        MetricPrefix: "");

    /// <summary>Waits for what other threads have been set off to do. Only real time passes.</summary>
    private protected static void Eventually(Func<bool> holds, string what) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(10)), $"not seen: {what}");
}
