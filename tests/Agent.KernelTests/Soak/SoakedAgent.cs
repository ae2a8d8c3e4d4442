using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>What is asked of the agent, and what its scrapes say of the soak's plugins.</summary>
internal sealed class SoakedAgent(AgentProcess process, AgentFolder folder, SoakReport report) : IDisposable
{
    // A quiet period, a scan, a load and a poll take three seconds; a machine with much else to do takes its time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int Hangup = 1;

    /// <summary>The plugin that survives its agent: its maps and programs are pinned.</summary>
    public const string Pinned = "soak-pinned";

    /// <summary>Where they are.</summary>
    public static string Pins { get; } = Path.Combine(BpfFileSystem.Require(), $"ebpf_agent_soak_{Environment.ProcessId}");

    public ScrapeWatch Watch { get; } = new(process, report.Problem);

    /// <summary>Whether the configuration that lies there is one.</summary>
    public bool IsConfigurationValid { get; private set; } = true;

    /// <summary>The interval of the last valid one.</summary>
    public string? Interval { get; private set; }

    public Footprint Footprint() => Soak.Footprint.Of(process.Id);

    /// <summary>Writes a configuration, or one that is refused.</summary>
    public void Configure(string interval, bool isValid = true)
    {
        IsConfigurationValid = isValid;
        if (isValid) Interval = interval;
        Configure(folder, interval, isValid);
    }

    /// <summary>The same, for an agent that is yet to start.</summary>
    public static void Configure(AgentFolder folder, string interval, bool isValid) =>
        File.WriteAllText(folder.Configuration, $$"""
            {
              "listen": "127.0.0.1:0",
              "stateFolder": "{{Path.Combine(folder.Root, "state")}}",
              "pinFolder": "{{Pins}}",
              "{{(isValid ? "interval" : "intervall")}}": "{{interval}}",
              "plugins": { "{{Reference.Name}}": { "interval": "300ms" }, "{{Pinned}}": { "survive": true } }
            }
            """);

    /// <summary>Asks over HTTP for all that has changed to be taken up at once.</summary>
    /// <param name="isWell">Whether all is well with what lies there.</param>
    public async Task PostReloadAsync(bool isWell)
    {
        using HttpResponseMessage response = await process.Http.PostAsync("/-/reload", content: null);
        string answer = await response.Content.ReadAsStringAsync();
        // A machine with much else to do may take longer to load a plugin than the answer waits.
        if (answer.Contains(": loading: still loading", StringComparison.Ordinal)) return;
        if (response.IsSuccessStatusCode != isWell) report.Problem($"POST /-/reload was answered {(int)response.StatusCode}, though {(isWell ? "all is well" : "not all is well")}: {answer}");
    }

    public void SignalReload() => Assert.Equal(0, LinuxThread.Signal(process.Id, Hangup));

    /// <summary>Scrapes until something holds.</summary>
    public async Task<Scrape> UntilAsync(Func<Scrape, bool> holds, string what)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Scrape scrape = await Watch.ScrapeAsync();
            if (holds(scrape)) return scrape;
            if (TimeProvider.System.GetElapsedTime(started) > Patience) throw new TimeoutException($"not seen within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(50);
        }
    }

    public static bool IsIn(Scrape scrape, SoakPlugin plugin, string state) => scrape.Find("ebpf_agent_plugin_state", ("plugin", plugin.Name), ("state", state)) == "1";

    public static bool IsGone(Scrape scrape, SoakPlugin plugin) =>
        scrape.Find("ebpf_agent_plugin_up", ("plugin", plugin.Name)) is null && !scrape.Samples.Any(sample => sample.Name == plugin.Metric + "_count");

    /// <summary>Whether what is exposed is of this version.</summary>
    public static bool Shows(Scrape scrape, SoakPlugin plugin, Content content) =>
        scrape.Text.Contains($"# HELP {plugin.Metric} {plugin.Help(content)}\n", StringComparison.Ordinal);

    public static double Reloads(Scrape scrape, SoakPlugin plugin) => Number(scrape, "ebpf_agent_plugin_loads_total", ("plugin", plugin.Name), ("result", "reloaded"));

    /// <summary>Whether the configuration was applied after another scrape, or refused if that is to be.</summary>
    public bool HasConfigured(Scrape scrape, Scrape before)
    {
        const string Applied = "ebpf_agent_config_last_reload_success_timestamp_seconds";
        return scrape.Find("ebpf_agent_config_last_reload_successful") == (IsConfigurationValid ? "1" : "0") && (!IsConfigurationValid || Number(scrape, Applied) > Number(before, Applied));
    }

    /// <summary>The polls that were kept.</summary>
    public static double Polls(Scrape scrape, string plugin) =>
        Number(scrape, "ebpf_agent_plugin_polls_total", ("plugin", plugin)) - Number(scrape, "ebpf_agent_plugin_poll_failures_total", ("plugin", plugin));

    /// <summary>The counts of a plugin, by pair and set.</summary>
    public static long?[,] Shown(Scrape scrape, SoakPlugin plugin)
    {
        var shown = new long?[Keys.Pairs, Keys.Sets];
        for (int pair = 0; pair < Keys.Pairs; pair++)
        {
            for (int set = 0; set < Keys.Sets; set++)
                shown[pair, set] = scrape.Find(plugin.Metric + "_count", (plugin.Running!.Label, Keys.Text(pair, set))) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
        }

        return shown;
    }

    /// <summary>What of the plugins is pinned.</summary>
    public static IReadOnlyList<string> PinnedFiles() => Directory.Exists(Pins) ? [.. Directory.EnumerateFiles(Pins, "*", SearchOption.AllDirectories)] : [];

    public void Dispose()
    {
        Watch.Dispose();
        if (Directory.Exists(Pins)) Directory.Delete(Pins, recursive: true);
    }

    private static double Number(Scrape scrape, string name, params (string, string)[] labels) => scrape.Find(name, labels) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : 0;
}
