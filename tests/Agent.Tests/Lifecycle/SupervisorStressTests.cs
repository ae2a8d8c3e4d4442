using System.Collections.Concurrent;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Everybody asks at once.</summary>
public sealed class SupervisorStressTests : SupervisorFixture
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_asked_from_whatever_thread_it_ends_in_order(int seed)
    {
        var made = new ConcurrentBag<FakeRunning>();
        PluginSupervisor supervisor = Supervise((target, _) => Prepare(target.Hash[0], made));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() => AskAsync(supervisor, new Random((seed * 10) + thread)))));
        await supervisor.RunAsync(Target(EverySecond, content: 100));
        Assert.Equal(PluginState.Running, supervisor.Status.State);
        Assert.Same(supervisor.Status.Running, Assert.Single(made, static one => !one.IsDisposed).Plugin);
        Eventually(() => Registry.Families.GetValueOrDefault("fake") == supervisor.Status.Running!.Families[0], "the family of what runs");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async thread =>
        {
            if (thread % 2 == 0) await supervisor.DisposeAsync();
            else await AskAsync(supervisor, new Random(seed + thread));
        }));
        Assert.Equal(PluginState.Stopped, supervisor.Status.State);
        Assert.NotEmpty(made);
        Eventually(() => made.All(static one => one.IsDisposed), "the end of all that was made");
        Assert.All(made, static one => Assert.Equal(1, one.Disposals));
        Assert.Empty(Registry.Families);
        Assert.Null(Registry.Reserve(["fake"], "another"));
        Assert.DoesNotContain(Log.Lines, static line => line.Message.Contains("Internal", StringComparison.Ordinal));
    }

    // One of four kinds: it loads at once, it takes a while, it is refused at its start, or it can't be loaded.
    private FakePrepared Prepare(byte content, ConcurrentBag<FakeRunning> made)
    {
        if (content % 4 == 3) throw new PluginException(PluginError.Kernel, "busy");
        if (content % 4 == 1) Thread.Sleep(5);
        var fake = new FakeRunning(Registry, Time) { Observed = 1 };
        made.Add(fake);
        return new FakePrepared(fake.Plugin, Registry) { Refusal = content % 4 == 2 ? new PluginException(PluginError.Unsupported, "no such point") : null };
    }

    private static async Task AskAsync(PluginSupervisor supervisor, Random random)
    {
        for (int i = 0; i < 40; i++)
        {
            Task asked = random.Next(6) switch
            {
                0 => supervisor.RemoveAsync(),
                1 => supervisor.PollForScrapeAsync(),
                2 => supervisor.RunAsync(Target(PollInterval.OnScrape, enabled: random.Next(3) > 0)),
                _ => supervisor.RunAsync(Target(EverySecond, content: (byte)random.Next(8))),
            };
            if (random.Next(2) == 0) await asked;
        }
    }
}
