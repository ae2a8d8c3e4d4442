using System.Globalization;

namespace EbpfAgent.Tests.Support;

/// <summary>
/// Scrapes an agent without a pause while a test works with it, and holds every counter and every histogram of each document against the ones before, the agent's own metrics
/// included: none may go down. One that is gone for a while may not come back lower either.
/// </summary>
internal sealed class CounterWatch : IAsyncDisposable
{
    // Without it the watch would take a CPU from what it watches.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly AgentProcess _agent;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, decimal> _highest = [];
    private readonly List<string> _fallen = [];
    private readonly Task _scraping;
    private int _scrapes;

    private CounterWatch(AgentProcess agent)
    {
        _agent = agent;
        _scraping = Task.Run(ScrapeAsync);
    }

    public static CounterWatch Of(AgentProcess agent) => new(agent);

    /// <summary>Ends the watch; fails the test if a counter went down, or if a scrape was not answered.</summary>
    public async Task EndAsync()
    {
        await _stopping.CancelAsync();
        await _scraping;
        Assert.True(_scrapes > 1, "hardly a scrape was made");
        Assert.Empty(_fallen);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _scraping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task ScrapeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Compare(await _agent.ScrapeAsync());
            _scrapes++;
            await Task.Delay(Pause);
        }
    }

    private void Compare(Scrape scrape)
    {
        foreach (Scrape.Sample sample in scrape.Samples)
        {
            if (!IsCounter(scrape, sample.Name)) continue;
            string series = $"{sample.Name}{{{string.Join(',', sample.Labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}=\"{label.Value}\""))}}}";
            decimal value = decimal.Parse(sample.Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (_highest.TryGetValue(series, out decimal before) && value < before) _fallen.Add($"{series} was {before} and is {value}, in scrape {_scrapes}");
            _highest[series] = value;
        }
    }

    private static bool IsCounter(Scrape scrape, string name) => scrape.Types.GetValueOrDefault(name) == "counter"
        || new[] { "_bucket", "_count", "_sum" }.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal) && scrape.Types.GetValueOrDefault(name[..^suffix.Length]) == "histogram");
}
