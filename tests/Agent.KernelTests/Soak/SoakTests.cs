using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>The agent as a whole, for as long as one likes: <c>make soak</c>, or SOAK_SECONDS and SOAK_SEED.</summary>
public sealed class SoakTests : KernelTest
{
    private const int MostMegabytesMore = 64;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("SOAK_SECONDS") ?? "20", CultureInfo.InvariantCulture));

    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("SOAK_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Plugins_come_change_break_and_go_under_load_and_every_event_is_counted_once()
    {
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"SOAK_SEED={Seed}");
        var report = new SoakReport(Seed);
        // So that the programs' own counters count.
        using var statistics = RunTimeStatistics.Enable();
        using SoakRun run = await SoakRun.StartAsync(Seed, Duration, report);
        try
        {
            await run.RunAsync();
        }
        catch (Exception e)
        {
            report.Problem(e.ToString());
        }

        output?.WriteLine($"{report}");
        if (report.Problems.Count > 0) output?.WriteLine($"what was done:\n{report.Journal}\n\nthe agent's log:\n{run.AgentLog}");
        Assert.Empty(report.Problems);
        Assert.True(report.Events > 0);
        // All programs here are behind switches: not one in a million, but none.
        Assert.Equal((0L, 0L), (report.Lost, report.Doubled));
        Assert.True(report.End!.ResidentBytes - report.Start!.ResidentBytes < MostMegabytesMore << 20, $"{report}");
    }
}
