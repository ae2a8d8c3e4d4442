using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>Totals over reloads: each event is in them once, whichever version has counted it.</summary>
public sealed class CountTests : KernelTest
{
    private const long Events = 1_000_000;
    private const int Reloads = 20;

    /// <summary>Real events, while the objects follow each other; see HandOver/ExactCountTests for the same without an agent.</summary>
    [Fact]
    public async Task No_event_is_lost_or_doubled_while_objects_and_scripts_are_reloaded()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("calls", Script(""), "process_calls_1.bpf.o", map: "calls");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        // Attached, however slow the host is: the agent doesn't wait for its plugins for ever.
        await agent.ScrapeWhenPolledAsync("calls");
        await using CounterWatch watch = CounterWatch.Of(agent);
        using var calls = new RareCalls(Events);
        for (int done = 1, version = 1; done <= Reloads; done++)
        {
            while (calls.Made < Events * done / (Reloads + 1) && !calls.IsDone) await Task.Delay(1, Cancellation);
            // A change of the object, of the script, or of both at once.
            if (done % 3 != 1) folder.Overwrite("calls/latency.bpf.o", $"process_calls_{version = 3 - version}.bpf.o");
            if (done % 3 != 2) folder.WithFile("calls/decode.js", Script($"// {done}"));
            await agent.ReloadWellAsync();
        }

        while (!calls.IsDone) await Task.Delay(10, Cancellation);
        long made = calls.Stop();
        Assert.Equal(Events, made);
        Scrape scrape = await agent.ScrapeUntilAsync(scrape => Sum(scrape) >= (ulong)made, $"{made} events");
        Assert.Equal((ulong)made, Sum(scrape));
        // Both ran, and not for a moment only.
        Assert.All(["1", "2"], version => Assert.InRange(Made(scrape, version), (ulong)Events / 10, (ulong)Events));
        Assert.Equal((Reloads, 0), (scrape.Loads("calls", "reloaded"), scrape.Loads("calls", "failed")));
        await watch.EndAsync();
    }

    [Fact]
    public async Task Counts_go_on_under_other_bounds()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("bounds", Scripts.Version(1));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await using CounterWatch watch = CounterWatch.Of(agent);
        ulong[] values = [1, 3, 4, 5, 16, 17, 100, 1000, 1024, 1025, 1UL << 40];
        foreach (ulong value in values) agent.Observe(plugins: 1, times: 2, value: value);
        Scrape before = await agent.ScrapeUntilAsync(scrape => scrape.Count("ebpf_bounds") == 2 * (ulong)values.Length, "the events before");

        // Events that no poll has read when the reload begins.
        foreach (ulong value in values) agent.Observe(plugins: 1, times: 1, value: value);
        folder.Overwrite("bounds/latency.bpf.o", "latency_bounds.bpf.o");
        await agent.ReloadWellAsync();
        foreach (ulong value in values) agent.Observe(plugins: 1, times: 1, value: value);
        Scrape after = await agent.ScrapeUntilAsync(scrape => scrape.Count("ebpf_bounds") >= 4 * (ulong)values.Length, "the events after");
        Assert.Equal(4 * (ulong)values.Length, after.Count("ebpf_bounds"));
        Assert.Equal(4 * values.Aggregate(0.0, static (sum, value) => sum + value), after.Number("ebpf_bounds_sum"));
        IReadOnlyList<(string Le, ulong Count)> buckets = after.Buckets("ebpf_bounds");
        Assert.Equal(["3", "4", "16", "100", "1024", "+Inf"], buckets.Select(static bucket => bucket.Le));
        foreach ((string le, ulong count) in buckets)
        {
            ulong exact = 4 * (ulong)values.Count(value => value <= Scrape.Bound(le));
            // What both have is exact. 3 and 100 lie between two old bounds: of what came before, as much is known to be below as lay below the lower one.
            ulong below = 3 * (ulong)values.Count(value => value <= (le == "3" ? 2UL : 64UL)) + (ulong)values.Count(value => value <= Scrape.Bound(le));
            Assert.Equal((le, le is "3" or "100" ? below : exact), (le, count));
        }

        Assert.All(
            before.Buckets("ebpf_bounds").Where(one => buckets.Any(other => other.Le == one.Le)),
            one => Assert.True(buckets.Single(other => other.Le == one.Le).Count >= one.Count, $"le {one.Le} was {one.Count}"));
        await watch.EndAsync();
    }

    [Fact]
    public async Task A_folder_that_is_gone_and_comes_back_goes_on_counting()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("comes", Scripts.Version(1)).WithDll("Good");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await using CounterWatch watch = CounterWatch.Of(agent);
        agent.Observe(plugins: 2, times: 1000);
        // Within the interval: what no poll has read goes on, too.
        Move(folder.Plugins, folder.Root, "comes", "Good.dll");
        await agent.ReloadWellAsync();
        await agent.ScrapeUntilAsync(static scrape => !scrape.Mentions("comes", "ebpf_comes") && !scrape.Mentions("Good", "ebpf_good"), "none of the two");
        Move(folder.Root, folder.Plugins, "comes", "Good.dll");
        await agent.ReloadWellAsync();
        agent.Observe(plugins: 2, times: 11);
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_comes") >= 1011 && scrape.Count("ebpf_good") >= 1011, "all events of both");
        Assert.Equal((1011UL, 1011UL), (scrape.Count("ebpf_comes", ("version", "1")), scrape.Count("ebpf_good", ("major", "1"))));
        await watch.EndAsync();
    }

    private static string Script(string comment) => $$"""
        {{comment}}
        export const labels = ["version", "process"]; export function decode(key) { return [key.version, key.process]; }
        """;

    private static ulong Sum(Scrape scrape) => Made(scrape, "1") + Made(scrape, "2");

    private static ulong Made(Scrape scrape, string version) => scrape.Count("ebpf_calls", ("version", version), ("process", $"{Environment.ProcessId}"));

    private static void Move(string from, string to, params string[] names)
    {
        foreach (string name in names) Directory.Move(Path.Combine(from, name), Path.Combine(to, name));
    }
}
