using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>A DLL that ends the process: twice, and then the agent runs without it.</summary>
public sealed class CrashTests : KernelTest
{
    private const int Aborted = 128 + 6; // SIGABRT

    [Fact]
    public async Task A_constructor_that_ends_the_agent_is_quarantined_at_the_third_start()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithDll("Good").WithFixture("Deadly/Deadly.dll", "FailFastConstructor.dll").WithFixture("Deadly/latency.bpf.o", "latency.bpf.o").Age();
        Assert.Equal(Aborted, (await AgentProcess.FailAsync(folder)).ExitCode);
        (int exitCode, string log) = await AgentProcess.FailAsync(folder);
        Assert.Equal(Aborted, exitCode);
        Assert.Contains("the agent has died while plugin 'Deadly' was being loaded; it is tried once more", log, StringComparison.Ordinal);

        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await IsQuarantinedAsync(agent, "loaded");
        // New content is tried.
        folder.Overwrite("Deadly/Deadly.dll", "FileObject.dll");
        await agent.ScrapeUntilAsync(static scrape => scrape.IsIn("Deadly", "running"), "the new version");
        agent.Observe(plugins: 2, times: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good") == 4 && scrape.Count("ebpf_file_object") == 1, "an event in each");
    }

    [Fact]
    public async Task A_decoder_that_ends_the_agent_is_quarantined_at_the_third_start()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithDll("Good").WithFixture("Deadly/Deadly.dll", "FailFastDecoder.dll").Age();
        for (int death = 1; death <= 2; death++)
        {
            using AgentProcess dying = await AgentProcess.StartAsync(folder);
            await dying.ScrapeWhenPolledAsync("Deadly", "Good");
            dying.Observe(plugins: 2, times: 1);
            Assert.Equal(Aborted, await dying.WaitForExitAsync());
        }

        using AgentProcess agent = await AgentProcess.StartAsync(folder);
        await IsQuarantinedAsync(agent, "polled");
        // An operator may have it tried all the same: it has no key now.
        await agent.ReloadWellAsync();
        await agent.ScrapeWhenPolledAsync("Deadly");
    }

    /// <summary>A kill is no crash of a plugin's as long as it meets none at work.</summary>
    [Fact]
    public async Task An_agent_that_is_killed_blames_nobody()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"1h\"").WithDll("Good").Age();
        for (int start = 1; start <= 3; start++)
        {
            using AgentProcess agent = await AgentProcess.StartAsync(folder);
            Scrape scrape = await agent.ScrapeWhenPolledAsync("Good");
            Assert.True(scrape.IsIn("Good", "running"));
            Assert.DoesNotContain("died", agent.Log, StringComparison.Ordinal);
        }
    }

    private static async Task IsQuarantinedAsync(AgentProcess agent, string doing)
    {
        agent.Observe(plugins: 1, times: 3);
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("major", "1"), ("minor", "2")) == 3, "the good plugin counting");
        Assert.True(scrape.IsIn("Deadly", "quarantined"));
        Assert.True(scrape.HasError("Deadly", "crash"));
        await agent.SaysAsync($"Deadly is quarantined: plugin 'Deadly' is not loaded: the agent has died 2 times while it was being {doing}; replace its files, or try it again with SIGHUP or POST /-/reload");
    }
}
