using System.Globalization;
using System.Net;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>
/// Scrapes again and again, and looks at each document: answered with 200, a histogram's rules kept, no counter below what it was, and promtool content with a sample of them.
/// </summary>
/// <remarks>Safe for use by many threads: scrapes follow each other.</remarks>
internal sealed class ScrapeWatch(AgentProcess agent, Action<string> report) : IDisposable
{
    private const int LintEvery = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<string, double> _last = [];

    /// <summary>How many there were.</summary>
    public int Scrapes { get; private set; }

    /// <summary>How many of them promtool has read.</summary>
    public int Linted { get; private set; }

    /// <summary>The loads of all plugins, by what became of them.</summary>
    public SortedDictionary<string, double> Loads { get; } = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await ScrapeAsync();
            await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="lint">Whether promtool is to read it in any case.</param>
    public async Task<Scrape> ScrapeAsync(bool lint = false)
    {
        await _one.WaitAsync();
        try
        {
            using HttpResponseMessage response = await agent.Http.GetAsync("/metrics");
            var scrape = new Scrape(await response.Content.ReadAsStringAsync());
            if (response.StatusCode != HttpStatusCode.OK) report($"a scrape was answered {(int)response.StatusCode}");
            else Look(scrape, lint);
            return scrape;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A metric's counters may begin anew: its labels have other names.</summary>
    public Task ForgetMetricAsync(string metric) => ForgetAsync(series => series.StartsWith(metric + "_", StringComparison.Ordinal));

    /// <summary>What is said of a plugin may begin anew: it was away for longer than it is remembered.</summary>
    public Task ForgetPluginAsync(string plugin) => ForgetAsync(series => series.Contains($"plugin=\"{plugin}\"", StringComparison.Ordinal));

    public void Dispose() => _one.Dispose();

    private async Task ForgetAsync(Func<string, bool> which)
    {
        await _one.WaitAsync();
        foreach (string series in _last.Keys.Where(which).ToArray()) _last.Remove(series);
        _one.Release();
    }

    private void Look(Scrape scrape, bool lint)
    {
        try
        {
            HistogramRules.Check(scrape);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            report($"a histogram breaks its rules: {e.Message}");
        }

        CheckCounters(scrape);
        if (Scrapes++ % LintEvery == 0 || lint) Lint(scrape);
    }

    // A series that is not there now and returns is held against what it was.
    private void CheckCounters(Scrape scrape)
    {
        HashSet<string> counting = [.. scrape.Text.Split('\n').Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static line => line.Split(' ')).SelectMany(Counting)];
        foreach (Scrape.Sample sample in scrape.Samples.Where(sample => counting.Contains(sample.Name)))
        {
            string series = $"{sample.Name}{{{string.Join(",", sample.Labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}=\"{label.Value}\""))}}}";
            double value = double.Parse(sample.Value, CultureInfo.InvariantCulture);
            double last = _last.GetValueOrDefault(series);
            if (value < last) report($"{series} went down from {last} to {value}");
            if (sample.Name == "ebpf_agent_plugin_loads_total") Loads[sample.Labels["result"]] = Loads.GetValueOrDefault(sample.Labels["result"]) + value - last;
            _last[series] = value;
        }
    }

    private static IEnumerable<string> Counting(string[] type) => type switch
    {
        [_, _, var name, "counter"] => [name],
        [_, _, var name, "histogram"] => [name + "_bucket", name + "_sum", name + "_count"],
        _ => [],
    };

    private void Lint(Scrape scrape)
    {
        Linted++;
        (int exitCode, string output) = Shell.RunWithInput(scrape.Text, "promtool", "check", "metrics");
        if ((exitCode, output) != (0, "")) report($"promtool: exit code {exitCode}: {output}");
    }
}
