using System.Net;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>A change that can't run: the version before it counts on, and the agent says what is wrong, until it is repaired.</summary>
public sealed class BadChangeTests : KernelTest, IDisposable
{
    private const int Before = 5, Meanwhile = 3, After = 2;

    private const string ThrowingScript = """export const labels = ["version"]; export function decode(key) { throw new Error(`no name for ${key.minor}`); }""";

    private static readonly BadChange[] Changes =
    [
        new("syntax", "script", "decode.js",
            static folder => folder.WithFile("syntax/decode.js", Scripts.SyntaxError),
            static folder => folder.WithFile("syntax/decode.js", Scripts.Version(1) + "//")),
        new("throws", "decode", "no name for 2",
            static folder => folder.WithFile("throws/decode.js", ThrowingScript),
            static folder => folder.WithFile("throws/decode.js", Scripts.Version(1) + "//")),
        new("manifest", "manifest", "plugin.json",
            static folder => folder.WithFile("manifest/plugin.json", "{ \"object\": "),
            static folder => folder.WithFile("manifest/plugin.json", AgentFolder.Manifest("manifest") + "\n")),
        new("verifier", "verifier", "reads_out_of_bounds",
            static folder => folder.Overwrite("verifier/latency.bpf.o", "rejected.bpf.o"),
            static folder => folder.Overwrite("verifier/latency.bpf.o", "latency.bpf.o")),
        new("missing", "unsupported", "no_such_tracepoint",
            static folder => folder.Overwrite("missing/latency.bpf.o", "latency_missing.bpf.o"),
            static folder => folder.Overwrite("missing/latency.bpf.o", "latency.bpf.o")),
        new("FileObject", "layout", "operation",
            static folder => folder.Overwrite("FileObject/latency.bpf.o", "other_key.bpf.o"),
            static folder => folder.Overwrite("FileObject/latency.bpf.o", "latency.bpf.o")),
        new("Truncated", "plugin", "build it again and copy it whole",
            static folder => folder.OverwriteHalf("Truncated/Truncated.dll", "Good.dll"),
            static folder => folder.Overwrite("Truncated/Truncated.dll", "Good.dll")),
    ];

    private readonly AgentFolder _folder = new AgentFolder("\"interval\": \"100ms\"")
        .WithScript("syntax", Scripts.Version(1)).WithScript("throws", Scripts.Version(1)).WithScript("manifest", Scripts.Version(1))
        .WithScript("verifier", Scripts.Version(1)).WithScript("missing", Scripts.Version(1))
        .WithFixture("FileObject/FileObject.dll", "FileObject.dll").WithFixture("FileObject/latency.bpf.o", "latency.bpf.o").WithFixture("Truncated/Truncated.dll", "Good.dll");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_version_before_counts_on_and_the_cause_is_said()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_folder.Age());
        await using CounterWatch watch = CounterWatch.Of(agent);
        agent.Observe(Changes.Length, Before);
        await SeeAsync(agent, Before);

        foreach (BadChange change in Changes) change.Break(_folder);
        // By itself: nobody asks for a reload.
        await agent.ScrapeUntilAsync(static scrape => Changes.All(change => scrape.IsIn(change.Plugin, "outdated")), "all of them outdated");
        agent.Observe(Changes.Length, Meanwhile);
        Scrape scrape = await SeeAsync(agent, Before + Meanwhile);
        string page = WebUtility.HtmlDecode(await agent.Http.GetStringAsync("/", Cancellation));
        foreach (BadChange change in Changes)
        {
            Assert.Equal((change.Plugin, true), (change.Plugin, scrape.HasError(change.Plugin, change.Error)));
            Assert.Equal((change.Plugin, 1, 0, 1), (change.Plugin, scrape.Loads(change.Plugin, "loaded"), scrape.Loads(change.Plugin, "reloaded"), scrape.Loads(change.Plugin, "failed")));
            Assert.Equal((change.Plugin, "1"), (change.Plugin, scrape.Find("ebpf_agent_plugin_up", ("plugin", change.Plugin))));
            Assert.Matches($"(?s)<td>{change.Plugin}<br>.*?<span class=\"outdated\">outdated</span><pre>[^<]*{change.Message}", page);
        }

        (HttpStatusCode status, string answer) = await agent.ReloadAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.All(Changes, change => Assert.Contains($"{change.Plugin}: outdated: ", answer, StringComparison.Ordinal));

        foreach (BadChange change in Changes) change.Repair(_folder);
        await agent.ReloadWellAsync();
        scrape = await agent.ScrapeAsync();
        Assert.All(Changes, change => Assert.True(scrape.IsIn(change.Plugin, "running"), change.Plugin));
        agent.Observe(Changes.Length, After);
        await SeeAsync(agent, Before + Meanwhile + After);
        await watch.EndAsync();
    }

    [Fact]
    public async Task A_constructor_that_hangs_is_given_up_and_another_version_takes_over()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\", \"limits\": { \"loadTimeout\": \"1s\" }").WithDll("Good");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        agent.Observe(plugins: 1, Before);
        folder.Overwrite("Good.dll", "HangingConstructor.dll");
        Assert.Equal(HttpStatusCode.InternalServerError, (await agent.ReloadAsync()).Status);
        await agent.ScrapeUntilAsync(static scrape => scrape.IsIn("Good", "outdated") && scrape.HasError("Good", "timeout"), "the new version given up");
        agent.Observe(plugins: 1, Meanwhile);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("major", "1")) == Before + Meanwhile, "the version before counting");
        folder.Overwrite("Good.dll", "GoodRelabelled.dll");
        await agent.ReloadWellAsync();
        agent.Observe(plugins: 1, After);
        await agent.ScrapeUntilAsync(static scrape => scrape.Count("ebpf_good", ("major", "0x1")) == After, "the repaired version counting");
    }

    private static Task<Scrape> SeeAsync(AgentProcess agent, int total) =>
        agent.ScrapeUntilAsync(scrape => Changes.All(change => scrape.Count(change.Family) == (ulong)total), $"{total} events in each");

    /// <param name="Plugin">What is changed.</param>
    /// <param name="Error">The class of the error.</param>
    /// <param name="Message">What is in the message.</param>
    /// <param name="Break">Makes the change.</param>
    /// <param name="Repair">Makes it good.</param>
    private sealed record BadChange(string Plugin, string Error, string Message, Action<AgentFolder> Break, Action<AgentFolder> Repair)
    {
        public string Family => Plugin switch { "FileObject" => "ebpf_file_object", "Truncated" => "ebpf_good", _ => $"ebpf_{Plugin}" };
    }
}
