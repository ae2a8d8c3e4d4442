using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Lifecycle;

namespace EbpfAgent.Tests.Exposition;

/// <summary>The page at /.</summary>
public sealed class StatusPageTests : SupervisorFixture
{
    [Fact]
    public void Without_plugins_it_says_what_to_do() => Assert.Contains("There are no plugins. Copy one into a plugin folder", StatusPage.Render([]), StringComparison.Ordinal);

    [Fact]
    public async Task Each_state_is_shown_with_its_reason()
    {
        FakeRunning fake = new(Registry, Time) { Observed = 1 };
        await using PluginSupervisor supervisor = Supervise(
            Version(fake), Broken("<b>a & b</b>"), () => throw new PluginException(PluginError.Unsupported, "too old"), () => throw new PluginException(PluginError.Crash, "twice"));
        Shows(supervisor, "pending", reason: null);
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 2));
        Shows(supervisor, "unsupported", "too old");
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 3));
        Shows(supervisor, "quarantined", "twice");
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 1));
        Shows(supervisor, "failed", "&lt;b&gt;a &amp; b&lt;/b&gt;");
        await supervisor.RunAsync(Target(PollInterval.OnScrape));
        Assert.Contains("""<td class="n">-</td>""", Shows(supervisor, "running", reason: null), StringComparison.Ordinal);
        await supervisor.PollForScrapeAsync();
        Time.Advance(TimeSpan.FromSeconds(2));
        await supervisor.RunAsync(Target(PollInterval.OnScrape, content: 1));
        string page = Shows(supervisor, "outdated", "&lt;b&gt;a &amp; b&lt;/b&gt;");
        Assert.Contains("""<code>fake</code></td><td class="n">1</td><td class="n">2.0 s ago, took 0.00 ms</td>""", page, StringComparison.Ordinal);
        await supervisor.RunAsync(Target(PollInterval.OnScrape, enabled: false));
        Assert.DoesNotContain("<code>fake</code>", Shows(supervisor, "disabled", reason: null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_names_of_files_are_text_and_not_markup()
    {
        await using var supervisor = new PluginSupervisor("<i>", "/plugins/<i>", static (_, _, _) => throw new InvalidOperationException(), Registry, Time, Log);
        string page = StatusPage.Render([supervisor]);
        Assert.Contains("&lt;i&gt;<br><code>/plugins/&lt;i&gt;</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
    }

    private static string Shows(PluginSupervisor supervisor, string state, string? reason)
    {
        string page = StatusPage.Render([supervisor]);
        Assert.Contains($"""<span class="{state}">{state}</span>{(reason is null ? "</td>" : $"<pre>{reason}</pre></td>")}""", page, StringComparison.Ordinal);
        return page;
    }
}
