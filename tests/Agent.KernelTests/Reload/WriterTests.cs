using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>However the files of a plugin are written: one reload, of what was meant.</summary>
public sealed class WriterTests : KernelTest, IDisposable
{
    // More than the quiet period and a scan: a second reload would have begun.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2.5);

    private readonly AgentFolder _folder = new("\"interval\": \"100ms\"");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_way_of_writing_is_one_reload_of_the_right_content()
    {
        (string Plugin, Func<Task> Write)[] ways =
        [
            ("halves", WriteInHalvesAsync), ("burst", WriteInABurstAsync), ("renamed", () => Do(RenameIntoPlace)), ("editor", () => Do(SaveAsEditorsDo)),
            ("checkout", () => Do(CheckOut)), ("link", () => Do(SwapLink)), ("Good", () => Do(CopyOverRunningDll)),
        ];
        foreach (string script in new[] { "halves", "burst", "renamed", "editor", "checkout" }) _folder.WithScript(script, Scripts.Version(1));
        _folder.WithDll("Good");
        PrepareCheckOut();
        PrepareLink();
        using AgentProcess agent = await AgentProcess.StartAsync(_folder.Age());
        agent.Observe(ways.Length, times: 1);
        await agent.ScrapeUntilAsync(scrape => ways.All(way => scrape.Count(Family(way.Plugin)) == 1), "an event in each");

        await Task.WhenAll(ways.Select(static way => Task.Run(way.Write)));
        await agent.ScrapeUntilAsync(scrape => ways.All(way => scrape.Find(Family(way.Plugin) + "_count", Second(way.Plugin)) is not null), "the second version of each");
        await Task.Delay(Afterwards, Cancellation);
        agent.Observe(ways.Length, times: 5);
        Scrape scrape = await agent.ScrapeUntilAsync(scrape => ways.All(way => scrape.Count(Family(way.Plugin), Second(way.Plugin)) >= 5), "five events in each");
        foreach ((string plugin, _) in ways)
        {
            Assert.Equal((plugin, 1, 1, 0), (plugin, scrape.Loads(plugin, "loaded"), scrape.Loads(plugin, "reloaded"), scrape.Loads(plugin, "failed")));
            // The object of "halves" counts each event twice.
            Assert.Equal((plugin, plugin == "halves" ? 10UL : 5UL), (plugin, scrape.Count(Family(plugin), Second(plugin))));
        }
    }

    private static string Family(string plugin) => "ebpf_" + plugin.ToLowerInvariant();

    private static (string, string) Second(string plugin) => plugin == "Good" ? ("minor", "0x2") : ("version", "2");

    private static Task Do(Action write)
    {
        write();
        return Task.CompletedTask;
    }

    // Another object, whose second half is late; then its script.
    private async Task WriteInHalvesAsync()
    {
        byte[] whole = Fixture.Read("latency_twice.bpf.o");
        await using (FileStream file = File.Create(_folder.In("halves/latency.bpf.o")))
        {
            await file.WriteAsync(whole.AsMemory(0, whole.Length / 2));
            await file.FlushAsync();
            await Task.Delay(700);
            await file.WriteAsync(whole.AsMemory(whole.Length / 2));
        }

        await File.WriteAllTextAsync(_folder.In("halves/decode.js"), Scripts.Version(2));
    }

    private async Task WriteInABurstAsync()
    {
        for (int i = 100; i > 0; i--)
        {
            await File.WriteAllTextAsync(_folder.In("burst/decode.js"), i == 1 ? Scripts.Version(2) : Scripts.Version(100 + i));
            await Task.Delay(10);
        }
    }

    private void RenameIntoPlace()
    {
        File.WriteAllText(_folder.In("renamed/decode.js.new"), Scripts.Version(2));
        File.Move(_folder.In("renamed/decode.js.new"), _folder.In("renamed/decode.js"), overwrite: true);
    }

    // vim's: the old file becomes the back-up, a new one is written in its place.
    private void SaveAsEditorsDo()
    {
        File.Move(_folder.In("editor/decode.js"), _folder.In("editor/decode.js~"));
        File.WriteAllText(_folder.In("editor/decode.js"), Scripts.Version(2));
        File.Delete(_folder.In("editor/decode.js~"));
    }

    private void CopyOverRunningDll() => Shell.Run("cp", Fixture.PathOf("GoodRelabelled.dll"), _folder.In("Good.dll"));

    private void PrepareCheckOut()
    {
        Git("init", "-q", "--separate-git-dir", Path.Combine(_folder.Root, "repository"));
        Commit("one");
        // All three files differ.
        _folder.WithFile("checkout/decode.js", Scripts.Version(2)).WithFile("checkout/plugin.json", AgentFolder.Manifest("checkout") + "\n");
        File.WriteAllBytes(_folder.In("checkout/latency.bpf.o"), [.. Fixture.Read("latency.bpf.o"), 0]);
        Commit("two");
        Git("checkout", "-q", "one");
    }

    private void Commit(string tag)
    {
        Git("add", "-A");
        Git("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false", "commit", "-q", "-m", tag);
        Git("tag", tag);
    }

    private void CheckOut() => Git("checkout", "-q", "two");

    private void Git(params string[] arguments) => Shell.Run("git", ["-C", _folder.In("checkout"), .. arguments]);

    // As deployments do it: a folder for each version, and a link to the current one.
    private void PrepareLink()
    {
        _folder.WithScript("link", Scripts.Version(1));
        Directory.CreateDirectory(Path.Combine(_folder.Root, "versions"));
        foreach (int version in new[] { 1, 2 })
        {
            string to = Path.Combine(_folder.Root, "versions", $"{version}");
            foreach (string file in Directory.EnumerateFiles(_folder.In("link"))) AgentFolder.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(to, "decode.js"), Scripts.Version(version));
        }

        Directory.Delete(_folder.In("link"), recursive: true);
        Directory.CreateSymbolicLink(_folder.In("link"), "../versions/1");
    }

    private void SwapLink()
    {
        Directory.CreateSymbolicLink(_folder.In(".link-new"), "../versions/2");
        Shell.Run("mv", "-T", _folder.In(".link-new"), _folder.In("link"));
    }
}
