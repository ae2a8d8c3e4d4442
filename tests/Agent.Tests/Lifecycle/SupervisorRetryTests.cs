using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What may get better by waiting is tried again.</summary>
public sealed class SupervisorRetryTests : SupervisorFixture
{
    [Fact]
    public async Task One_that_fails_at_first_runs_as_soon_as_it_can()
    {
        var fake = new FakeRunning(Registry, Time);
        int attempts = 0;
        await using PluginSupervisor supervisor = Supervise(() => Interlocked.Increment(ref attempts) < 4 ? Broken(isTransient: true)() : new FakePrepared(fake.Plugin, Registry));
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal(new PluginStatus(PluginState.Failed, PluginError.Verifier, "the reason"), supervisor.Status);
        EventuallyInTime(TimeSpan.FromSeconds(1), () => supervisor.Status.State == PluginState.Running, "a success");
        Assert.Equal(new PluginStatus(PluginState.Running, Running: fake.Plugin), supervisor.Status);
        Assert.Equal((1L, 1L, 3L), (supervisor.Loads.Loads, supervisor.Loads.Failures, supervisor.Loads.Retries));
        // One line for the row of failures.
        Assert.Matches(@"^test failed \(Verifier\): the reason; it is tried again in \d+ s$", Assert.Single(Log.Messages(Microsoft.Extensions.Logging.LogLevel.Error)));
    }

    [Fact]
    public async Task A_reload_that_fails_at_first_is_tried_again_while_the_old_version_goes_on()
    {
        FakeRunning first = new(Registry, Time) { Observed = 5 }, second = new(Registry, Time) { Observed = 3 };
        int attempts = 0;
        await using PluginSupervisor supervisor = Supervise(Version(first), () => Interlocked.Increment(ref attempts) < 3 ? Broken(isTransient: true)() : new FakePrepared(second.Plugin, Registry));
        await supervisor.RunAsync(Target(EverySecond));
        WaitForPolls(supervisor, 1);
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal(PluginState.Outdated, supervisor.Status.State);
        EventuallyInTime(TimeSpan.FromSeconds(1), () => supervisor.Status.State == PluginState.Running, "a success");
        Eventually(() => Exposed() == 8, "the totals of both");
        Assert.Equal((1L, 1L, 1L), (supervisor.Loads.Loads, supervisor.Loads.Reloads, supervisor.Loads.Failures));
    }

    [Fact]
    public async Task One_that_fails_again_and_again_is_left_alone_until_something_else_is_wanted()
    {
        var fake = new FakeRunning(Registry, Time);
        int attempts = 0;
        await using PluginSupervisor supervisor = Supervise(
            () =>
            {
                Interlocked.Increment(ref attempts);
                return Broken(isTransient: true)();
            },
            Version(fake));
        Assert.Equal(BreakerState.Closed, supervisor.Breaker);
        await supervisor.RunAsync(Target(EverySecond));
        EventuallyInTime(TimeSpan.FromSeconds(1), () => supervisor.Breaker == BreakerState.Open, "the breaker's opening");
        Assert.Equal(RetryPipeline.FailuresToOpen, Volatile.Read(ref attempts));
        await supervisor.RunAsync(Target(EverySecond, content: 1));
        Assert.Equal((PluginState.Running, BreakerState.Closed), (supervisor.Status.State, supervisor.Breaker));
        await supervisor.RemoveAsync();
        Assert.Equal(BreakerState.Closed, supervisor.Breaker);
    }

    [Fact]
    public async Task What_it_threw_is_not_kept()
    {
        WeakReference? thrown = null;
        await using PluginSupervisor supervisor = Supervise(() => throw Unloadable(out thrown));
        await supervisor.RunAsync(Target(EverySecond));
        Assert.Equal((PluginError.Internal, 1L), (supervisor.Status.Error, supervisor.Loads.Retries));
        for (int i = 0; i < 20 && thrown!.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(thrown!.IsAlive);
    }

    // An exception of the plugin's own type, as its static constructor may throw it: whoever keeps it keeps the plugin.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Exception Unloadable(out WeakReference type)
    {
        TypeBuilder builder = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Thrown"), AssemblyBuilderAccess.RunAndCollect).DefineDynamicModule("Thrown")
            .DefineType("Thrown", TypeAttributes.Public, typeof(Exception));
        Type made = builder.CreateType();
        type = new WeakReference(made);
        return (Exception)Activator.CreateInstance(made)!;
    }
}
