using System.Text;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>What many reloads leave behind: nothing.</summary>
public sealed class LeakTests : KernelTest
{
    private const int WarmUp = 20, Reloads = 200;
    private const long MostGrowth = 20 << 20;

    [Fact]
    public async Task Two_hundred_reloads_of_a_DLL_and_of_a_script_leave_nothing_behind_and_lose_no_event()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithDll("Good").WithScript("script", Scripts.Names((2, "even")));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        int reloads = 0;
        await ReloadAsync(WarmUp);
        long resident = agent.ResidentBytes;
        int descriptors = agent.Descriptors;
        var holdings = agent.Holdings;
        long started = TimeProvider.System.GetTimestamp();
        await ReloadAsync(Reloads);
        TimeSpan took = TimeProvider.System.GetElapsedTime(started);
        long peak = agent.ResidentBytes;
        Scrape scrape = await CollectedAsync(agent);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Reloads} reloads of each took {took.TotalSeconds:0.0} s; resident {resident >> 20} MiB before, {peak >> 20} MiB at once after, {agent.ResidentBytes >> 20} MiB when collected; "
            + $"{descriptors} and {agent.Descriptors} descriptors; {holdings} and {agent.Holdings}");
        Assert.True(agent.ResidentBytes - resident < MostGrowth, $"resident memory grew from {resident >> 20} MiB to {agent.ResidentBytes >> 20} MiB");
        Assert.Equal(holdings, agent.Holdings);
        // Timers, sockets of scrapes and the like come and go; one for each reload would be hundreds.
        Assert.InRange(agent.Descriptors, 0, descriptors + 10);
        Assert.Equal((WarmUp + Reloads, WarmUp + Reloads), (scrape.Loads("Good", "reloaded"), scrape.Loads("script", "reloaded")));
        // Each version had an event, which one that was exposed under the other name may have been the first to read. Names that come back go on.
        (ulong Good, ulong Script) even = (scrape.Count("ebpf_good", ("minor", "2")), scrape.Count("ebpf_script", ("name", "even")));
        await ReloadAsync(1, events: 0);
        scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_good_count", ("minor", "0x2")) is not null && scrape.Find("ebpf_script_count", ("name", "odd")) is not null, "the other names");
        (ulong Good, ulong Script) odd = (scrape.Count("ebpf_good", ("minor", "0x2")), scrape.Count("ebpf_script", ("name", "odd")));
        Assert.Equal((WarmUp + Reloads, WarmUp + Reloads), ((int)(even.Good + odd.Good), (int)(even.Script + odd.Script)));

        async Task ReloadAsync(int times, int events = 1)
        {
            for (int i = 0; i < times; i++)
            {
                agent.Observe(plugins: 2, events);
                bool isOdd = ++reloads % 2 == 1;
                ReplaceFile(folder, "Good.dll", Fixture.Read(isOdd ? "GoodRelabelled.dll" : "Good.dll"));
                ReplaceFile(folder, "script/decode.js", Encoding.UTF8.GetBytes(Scripts.Names((2, isOdd ? "odd" : "even"))));
                await agent.ReloadWellAsync();
            }
        }
    }

    private static void ReplaceFile(AgentFolder folder, string name, byte[] content)
    {
        File.WriteAllBytes(folder.In(name + ".new"), content);
        File.Move(folder.In(name + ".new"), folder.In(name), overwrite: true);
    }

    private static Task<Scrape> CollectedAsync(AgentProcess agent) =>
        agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_agent_contexts_not_collected") == "0", "all contexts collected");
}
