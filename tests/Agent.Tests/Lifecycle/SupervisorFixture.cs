using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A supervisor, with time and plugin in the test's hands.</summary>
public abstract class SupervisorFixture
{
    private protected FakeTimeProvider Time { get; } = new();

    private protected FamilyRegistry Registry { get; } = new();

    private protected ListLogger Log { get; } = new();

    private protected static PollInterval EverySecond { get; } = PollInterval.Every(TimeSpan.FromSeconds(1));

    private protected PluginSupervisor Supervise(Func<RunningPlugin> load, PollInterval interval, bool enabled = true) =>
        new(TestPlugin.Settings(limits: new PluginLimits { LoadTimeout = TimeSpan.FromSeconds(10) }, interval: interval) with { Enabled = enabled }, "/plugins/test.dll", load, Registry, Time, Log);

    /// <summary>Waits for what other threads have been set off to do. Only real time passes.</summary>
    private protected static void Eventually(Func<bool> holds, string what) => Assert.True(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(10)), $"not seen: {what}");
}
