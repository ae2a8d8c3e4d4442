using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>A script is saved, and the labels change: a label set that has keys still goes on, one that has none ends, one that is new begins.</summary>
public sealed class LabelTests : KernelTest
{
    private const ulong One = 1, Two = 2, Three = 3;

    [Fact]
    public async Task Totals_follow_the_label_sets()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("named", Scripts.Names((1, "a"), (2, "b")));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await using CounterWatch watch = CounterWatch.Of(agent);
        agent.Observe(plugins: 1, times: 5, key: One);
        agent.Observe(plugins: 1, times: 7, key: Two);
        agent.Observe(plugins: 1, times: 9, key: Three);
        await SeeAsync(agent, ("a", 5), ("b", 7));

        // Key 2 has another name: its old one ends, the new one begins with what comes from now on. Key 3 was left out, and is let in: so does its name.
        await ChangeAsync(agent, folder, (1, "a"), (2, "c"), (3, "d"));
        await SeeAsync(agent, ("a", 5), ("c", 0), ("d", 0));
        agent.Observe(plugins: 1, times: 2, key: One);
        agent.Observe(plugins: 1, times: 3, key: Two);
        agent.Observe(plugins: 1, times: 4, key: Three);
        await SeeAsync(agent, ("a", 7), ("c", 3), ("d", 4));

        // Two keys share a name, and what each counts from now on is in it.
        await ChangeAsync(agent, folder, (1, "a"), (2, "a"));
        await SeeAsync(agent, ("a", 7));
        agent.Observe(plugins: 1, times: 1, key: One);
        agent.Observe(plugins: 1, times: 1, key: Two);
        await SeeAsync(agent, ("a", 9));

        // Names that were there before go on from where they ended.
        await ChangeAsync(agent, folder, (1, "a"), (2, "b"), (3, "d"));
        await SeeAsync(agent, ("a", 9), ("b", 7), ("d", 4));
        agent.Observe(plugins: 1, times: 10, key: Two);
        await SeeAsync(agent, ("a", 9), ("b", 17), ("d", 4));
        await watch.EndAsync();
    }

    /// <summary>Other label names are other series altogether.</summary>
    [Fact]
    public async Task Other_label_names_begin_anew_and_what_was_counted_is_said_to_be_forgotten()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("named", Scripts.Names((1, "a")));
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await using CounterWatch watch = CounterWatch.Of(agent);
        agent.Observe(plugins: 1, times: 5, key: One);
        await SeeAsync(agent, ("a", 5));
        folder.WithFile("named/decode.js", Scripts.Version(1));
        await agent.ReloadWellAsync();
        agent.Observe(plugins: 1, times: 3, key: One);
        Scrape scrape = await agent.ScrapeUntilAsync(static scrape => scrape.Find("ebpf_named_count", ("version", "1")) == "3", "three events under the new name");
        Assert.Null(scrape.Find("ebpf_named_count", ("name", "a")));
        await watch.EndAsync();
    }

    private static async Task ChangeAsync(AgentProcess agent, AgentFolder folder, params (int, string)[] names)
    {
        folder.WithFile("named/decode.js", Scripts.Names(names));
        await agent.ReloadWellAsync();
    }

    // These label sets, with these totals, and no others.
    private static async Task SeeAsync(AgentProcess agent, params (string Name, int Count)[] totals)
    {
        string expected = string.Join(", ", totals.Select(static one => $"{one.Name}: {one.Count}"));
        await agent.ScrapeUntilAsync(scrape => Totals(scrape) == expected, expected);
    }

    private static string Totals(Scrape scrape) => string.Join(
        ", ", scrape.Samples.Where(static sample => sample.Name == "ebpf_named_count").OrderBy(static sample => sample.Labels["name"], StringComparer.Ordinal).Select(static sample => $"{sample.Labels["name"]}: {sample.Value}"));
}
