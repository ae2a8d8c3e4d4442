using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>What is laid into the plugin folder, changed there or taken away shows in a scrape within three seconds.</summary>
public sealed class DeadlineTests : KernelTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_new_DLL_and_a_new_folder_are_scraped()
    {
        // An agent that has loaded a DLL and a script before: the first of each costs the runtime's compiler most of a second where the agent was not compiled ahead.
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithFixture("before.dll", "SlowDecoder.dll").WithScript("before_script", Scripts.Version(1));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        folder.WithDll("Good").WithScript("script", Scripts.Version(1));
        Scrape scrape = await agent.ScrapeUntilAsync(
            static scrape => scrape.IsIn("Good", "running") && scrape.IsIn("script", "running") && scrape.HasMetric("ebpf_good") && scrape.HasMetric("ebpf_script"),
            "both plugins",
            Deadline);
        Assert.Equal((1, 1), (scrape.Loads("Good", "loaded"), scrape.Loads("script", "loaded")));
        agent.Observe(plugins: 4, times: 10);
        await agent.ScrapeUntilAsync(
            static scrape => scrape.Count("ebpf_good", ("major", "1"), ("minor", "2")) == 10 && scrape.Count("ebpf_script", ("version", "1")) == 10, "ten events in each");
    }

    [Fact]
    public async Task A_changed_file_of_any_kind_is_taken_up()
    {
        using AgentFolder folder = new AgentFolder($$"""
            "interval": "100ms", "plugins": { "ThrowingDecoder": { "scripts": { "latency": "over.js" } } }
            """)
            .WithDll("Good", "ThrowingDecoder").WithFixture("FileObject/FileObject.dll", "FileObject.dll").WithFixture("FileObject/latency.bpf.o", "latency.bpf.o").WithFile("../over.js", Scripts.Version(1))
            .WithScript("script", Scripts.Version(1)).WithScript("object", Scripts.Version(1)).WithScript("manifest", Scripts.Version(1));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        string[] plugins = ["Good", "FileObject", "ThrowingDecoder", "script", "object", "manifest"];
        agent.Observe(plugins.Length, times: 1);
        await agent.ScrapeUntilAsync(static scrape => Totals(scrape).All(static total => total == 1), "an event in each");

        folder.Overwrite("Good.dll", "GoodRelabelled.dll");
        folder.Overwrite("FileObject/latency.bpf.o", "latency_twice.bpf.o");
        folder.Overwrite("object/latency.bpf.o", "latency_twice.bpf.o");
        folder.WithFile("../over.js", Scripts.Version(2)).WithFile("script/decode.js", Scripts.Version(2)).WithFile("manifest/plugin.json", AgentFolder.Manifest("renamed"));
        Scrape scrape = await agent.ScrapeUntilAsync(
            scrape => plugins.All(plugin => scrape.Loads(plugin, "reloaded") == 1)
                && scrape.Find("ebpf_good_count", ("major", "0x1"), ("minor", "0x2")) is not null && scrape.Find("ebpf_script_count", ("version", "2")) is not null
                && scrape.Find("ebpf_throwing_decoder_count", ("version", "2")) is not null && scrape.HasMetric("ebpf_renamed"),
            "the changes of all six",
            Deadline);
        Assert.Null(scrape.Find("ebpf_good_count", ("major", "1")));
        Assert.Null(scrape.Find("ebpf_script_count", ("version", "1")));
        Assert.False(scrape.HasMetric("ebpf_manifest"));
        agent.Observe(plugins.Length, times: 2);
        await agent.ScrapeUntilAsync(
            static scrape => Totals(scrape) is [2, 5, 2, 2, 5] && scrape.Count("ebpf_renamed", ("version", "1")) == 3,
            "two events in each, counted twice by the objects that do");
        Assert.All(plugins, plugin => Assert.Equal(0, scrape.Loads(plugin, "failed")));
    }

    [Fact]
    public async Task What_is_removed_is_gone_from_the_scrape_and_from_the_kernel()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("stays", Scripts.Version(1));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        (string, uint)[] before = [.. KernelIds.OwnedBy(agent.Id)];
        folder.WithDll("Good").WithScript("script", Scripts.Version(1));
        await agent.ReloadWellAsync();
        (string, uint)[] added = [.. KernelIds.OwnedBy(agent.Id).Except(before)];
        Assert.Equal(2, added.Count(static one => one.Item1 == "link"));
        agent.Observe(plugins: 3, times: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("major", "1")) == 1 && scrape.Count("ebpf_script") == 1, "an event in each");

        File.Delete(folder.In("Good.dll"));
        Directory.Delete(folder.In("script"), recursive: true);
        await agent.ScrapeUntilAsync(static scrape => !scrape.Mentions("Good", "ebpf_good") && !scrape.Mentions("script", "ebpf_script"), "no series of either", Deadline);
        Assert.True(SpinWait.SpinUntil(() => !added.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)), $"left in the kernel: {string.Join(", ", added.Where(KernelIds.Exists))}");
        Assert.Equal(before.Order(), KernelIds.OwnedBy(agent.Id).Order());
        agent.Observe(plugins: 1, times: 1);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_stays", ("version", "1")) == 2, "the events of the one that stays");
    }

    private static ulong[] Totals(Scrape scrape) =>
        [.. new[] { "ebpf_good", "ebpf_file_object", "ebpf_throwing_decoder", "ebpf_script", "ebpf_object" }.Select(family => scrape.Count(family))];
}
