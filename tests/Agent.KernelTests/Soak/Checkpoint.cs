using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>Holds what a scrape shows against the model, with the load of the plugins in question paused.</summary>
internal sealed class Checkpoint(SoakedAgent agent, Load load, SoakReport report)
{
    private readonly Dictionary<SoakPlugin, (Content Running, ulong Other)> _otherVersions = [];
    private readonly Dictionary<(SoakPlugin Plugin, int Key), long> _offReference = [];

    /// <summary>Looks at these plugins, and at what the reference says of those.</summary>
    /// <param name="plugins">Plugins that are there.</param>
    /// <param name="ofReference">Any plugins.</param>
    public async Task LookAsync(IReadOnlyList<SoakPlugin> plugins, IReadOnlyList<SoakPlugin> ofReference)
    {
        SoakPlugin[] resumed = [.. plugins.Union(ofReference).Where(plugin => !load.IsPaused(plugin.Number))];
        foreach (SoakPlugin plugin in plugins.Union(ofReference)) load.Pause(plugin.Number);
        Scrape scrape = await AwaitPollsAsync([.. plugins.Select(static plugin => plugin.Name), .. ofReference.Take(1).Select(static _ => Reference.Name)]);
        foreach (SoakPlugin plugin in plugins) Look(plugin, scrape);
        foreach (SoakPlugin plugin in ofReference) LookAtReference(plugin, scrape);
        foreach (SoakPlugin plugin in resumed) load.Resume(plugin.Number);
    }

    /// <summary>Waits for a poll that began after this: the first that ends may have begun before.</summary>
    public async Task<Scrape> AwaitPollsAsync(IReadOnlyList<string> plugins)
    {
        Scrape first = await agent.Watch.ScrapeAsync();
        return await agent.UntilAsync(
            scrape => plugins.All(plugin => SoakedAgent.Polls(scrape, plugin) >= SoakedAgent.Polls(first, plugin) + 2), $"two polls of {string.Join(", ", plugins)}");
    }

    private void Look(SoakPlugin plugin, Scrape scrape)
    {
        report.Found(plugin.Name, plugin.Ledger.Check(load.Made(plugin.Number), SoakedAgent.Shown(scrape, plugin)));
        ulong other = 0;
        foreach (Scrape.Sample sample in scrape.Samples.Where(sample => sample.Name == plugin.Metric + "_count"))
        {
            (string, string)[] labels = [.. sample.Labels.Select(static label => (label.Key, label.Value))];
            ulong count = scrape.Count(plugin.Metric, labels);
            ulong ones = scrape.Buckets(plugin.Metric, labels).First(static bucket => bucket.Le == "1").Count;
            // All values are 1 or 2.
            if (scrape.Number(plugin.Metric + "_sum", labels) != 2 * count - ones) report.Problem($"{plugin}: the sum of {count} values, of which {ones} are 1 and the others 2, is {scrape.Number(plugin.Metric + "_sum", labels)}");
            other += plugin.Running!.Version == 1 ? count - ones : ones;
        }

        // Since it runs, no other version counts.
        if (_otherVersions.TryGetValue(plugin, out var before) && ReferenceEquals(before.Running, plugin.Running) && other > before.Other)
            report.Problem($"{plugin}: {other - before.Other} events were counted by a version that no longer runs");
        _otherVersions[plugin] = (plugin.Running!, other);
    }

    private void LookAtReference(SoakPlugin plugin, Scrape scrape)
    {
        var finding = new Finding();
        long[] made = load.Made(plugin.Number);
        for (int key = 0; key < Keys.Count; key++)
        {
            long count = (long)scrape.Count("ebpf_" + Reference.Metric, ("plugin", $"{plugin.Number}"), ("key", $"{key}"));
            // What it has been found to be off by is not found again.
            finding.Count($"plugin {plugin.Number}, key {key}", made[key] + _offReference.GetValueOrDefault((plugin, key)), count);
            _offReference[(plugin, key)] = count - made[key];
        }

        report.Found(Reference.Name, finding);
    }
}
