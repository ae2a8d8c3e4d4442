using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Survival;

/// <summary>What a plugin counts is not lost with its agent, however that ends.</summary>
public sealed class SurvivalTests : KernelTest, IDisposable
{
    private readonly SurvivalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_kernel_counts_on_after_a_kill_and_the_next_agent_goes_on_from_there()
    {
        using AgentProcess first = await _folder.StartAsync();
        using BpfProgramHandle program = Program(first);
        SurvivalFolder.Observe(program, 100, key: 1);
        await SeeAsync(first, "1", 100);
        // Not polled any more, or perhaps it is: either way it is in the map.
        SurvivalFolder.Observe(program, 10, key: 1);
        SurvivalFolder.Kill(first);
        SurvivalFolder.Observe(program, 5, key: 1);
        SurvivalFolder.Observe(program, 7, key: 2);
        using AgentProcess second = await _folder.StartAsync();
        await SeeAsync(second, "1", 115);
        await SeeAsync(second, "2", 7);
        using BpfProgramHandle next = Program(second);
        SurvivalFolder.Observe(next, 1, key: 1);
        await SeeAsync(second, "1", 116);
        Assert.DoesNotContain("starts clean", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_the_agent_knew_survives_the_kill()
    {
        using AgentProcess first = await _folder.StartAsync();
        using BpfProgramHandle program = Program(first);
        SurvivalFolder.Observe(program, 100, key: 1);
        await SeeAsync(first, "1", 100);
        // From now on the map holds 100 that the new label has not counted.
        _folder.WriteScript(SurvivalFolder.Script("'key ' + key.minor"));
        await first.ScrapeUntilAsync(static scrape => scrape.Find(SurvivalFolder.Metric + "_count", ("x", "key 1")) == "0", "the new label");
        using BpfProgramHandle next = Program(first);
        SurvivalFolder.Observe(next, 3, key: 1);
        Scrape last = await SeeAsync(first, "key 1", 3);
        Assert.Null(last.Find(SurvivalFolder.Metric + "_count", ("x", "1")));
        SurvivalFolder.Kill(first);
        SurvivalFolder.Observe(next, 4, key: 1);
        using AgentProcess second = await _folder.StartAsync();
        await SeeAsync(second, "key 1", 7);
    }

    [Fact]
    public async Task It_survives_any_number_of_kills_and_an_orderly_end()
    {
        int made = 0;
        for (int round = 0; round < 4; round++)
        {
            using AgentProcess agent = await _folder.StartAsync();
            await SeeAsync(agent, "1", made, atLeastOne: made > 0);
            using BpfProgramHandle program = Program(agent);
            SurvivalFolder.Observe(program, 10, key: 1);
            if (round == 2) Assert.Equal(0, (await agent.TerminateAsync()).ExitCode);
            else SurvivalFolder.Kill(agent);
            SurvivalFolder.Observe(program, 1, key: 1);
            made += 11;
        }
    }

    [Fact]
    public async Task Another_object_starts_clean_and_says_why()
    {
        using AgentProcess first = await _folder.StartAsync();
        using BpfProgramHandle program = Program(first);
        SurvivalFolder.Observe(program, 100, key: 1);
        await SeeAsync(first, "1", 100);
        SurvivalFolder.Kill(first);
        // The same, and one symbol more.
        await File.AppendAllTextAsync(Path.Combine(_folder.Plugin, "latency.bpf.o"), "\0", Cancellation);
        using AgentProcess second = await _folder.StartAsync();
        await second.ScrapeWhenPolledAsync("survivor");
        Assert.Contains("survivor starts clean, and what was left of it in the kernel is removed: the totals of plugin 'survivor' begin anew:", second.Log, StringComparison.Ordinal);
        Assert.Contains("is of another BPF object", second.Log, StringComparison.Ordinal);
        Assert.Null((await second.ScrapeAsync()).Find(SurvivalFolder.Metric + "_count", ("x", "1")));
        Assert.True(_folder.IsPinned);
    }

    [Fact]
    public async Task A_second_agent_says_who_holds_it_and_gets_it_when_that_one_ends()
    {
        using AgentProcess first = await _folder.StartAsync();
        await first.ScrapeWhenPolledAsync("survivor");
        using BpfProgramHandle program = Program(first);
        SurvivalFolder.Observe(program, 5, key: 1);
        using AgentProcess second = await _folder.StartAsync();
        Assert.Contains($"survivor failed (Survival): plugin 'survivor' survives in {_folder.Pins}/survivor and is held by process {first.Id} (config ", second.Log, StringComparison.Ordinal);
        await first.TerminateAsync();
        Assert.Contains("stopped; survivor counts on in the kernel until the next agent comes, or `ebpf-agent cleanup`", first.Log, StringComparison.Ordinal);
        await SeeAsync(second, "1", 5);
    }

    [Fact]
    public async Task Cleanup_keeps_what_is_held_and_removes_the_rest()
    {
        IReadOnlyList<(string Kind, uint Id)> owned;
        using (AgentProcess agent = await _folder.StartAsync())
        {
            await agent.ScrapeWhenPolledAsync("survivor");
            owned = KernelIds.OwnedBy(agent.Id);
            (int refused, string held) = await _folder.CleanUpAsync();
            Assert.Equal(0, refused);
            Assert.Contains($"kept survivor: held by process {agent.Id}", held, StringComparison.Ordinal);
            SurvivalFolder.Kill(agent);
        }

        Assert.True(_folder.IsPinned);
        Assert.Contains(owned, static one => one.Kind == "link" && KernelIds.Exists(one));
        (int exitCode, string output) = await _folder.CleanUpAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains("removed survivor: ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Pins));
        AssertGone(owned);
    }

    [Fact]
    public async Task Switched_off_or_removed_nothing_of_it_is_left()
    {
        using AgentProcess agent = await _folder.StartAsync();
        await agent.ScrapeWhenPolledAsync("survivor");
        using (BpfProgramHandle program = Program(agent)) SurvivalFolder.Observe(program, 5, key: 1);
        await SeeAsync(agent, "1", 5);
        _folder.Survive(false);
        Assert.True(SpinWait.SpinUntil(() => !_folder.IsPinned, TimeSpan.FromSeconds(5)), "it is still pinned");
        await SeeAsync(agent, "1", 5);
        _folder.Survive(true);
        Assert.True(SpinWait.SpinUntil(() => _folder.IsPinned, TimeSpan.FromSeconds(5)), "it is not pinned");
        IReadOnlyList<(string, uint)> owned = KernelIds.OwnedBy(agent.Id);
        Directory.Delete(_folder.Plugin, recursive: true);
        Assert.True(SpinWait.SpinUntil(() => !_folder.IsPinned, TimeSpan.FromSeconds(5)), "it is still pinned");
        AssertGone(owned);
    }

    private static void AssertGone(IReadOnlyList<(string, uint)> ids) =>
        Assert.True(SpinWait.SpinUntil(() => !ids.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)), $"left: {string.Join(", ", ids.Where(KernelIds.Exists))}");

    private static BpfProgramHandle Program(AgentProcess agent) => KernelIds.Programs(agent.Id, "observe_latency")[0];

    private static Task<Scrape> SeeAsync(AgentProcess agent, string label, int count, bool atLeastOne = true) => agent.ScrapeUntilAsync(
        scrape => scrape.Find(SurvivalFolder.Metric + "_count", ("x", label)) == (atLeastOne ? $"{count}" : null), $"{count} events of {label}");
}
