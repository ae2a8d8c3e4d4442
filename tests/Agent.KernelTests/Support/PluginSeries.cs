namespace EbpfAgent.Tests.Support;

/// <summary>What a document says of a plugin.</summary>
internal static class PluginSeries
{
    public static bool IsIn(this Scrape scrape, string plugin, string state) => scrape.Find("ebpf_agent_plugin_state", ("plugin", plugin), ("state", state)) == "1";

    /// <summary>How many versions of it were <c>loaded</c>, <c>reloaded</c>, <c>failed</c>.</summary>
    public static int Loads(this Scrape scrape, string plugin, string result) =>
        scrape.Find("ebpf_agent_plugin_loads_total", ("plugin", plugin), ("result", result)) is { } text ? int.Parse(text) : 0;

    public static bool HasError(this Scrape scrape, string plugin, string error) => scrape.Find("ebpf_agent_plugin_last_error", ("plugin", plugin), ("error", error)) == "1";

    /// <summary>Whether a plugin has this metric, though it may have no series yet.</summary>
    public static bool HasMetric(this Scrape scrape, string metric) => scrape.Find("ebpf_agent_metric_series", ("metric", metric)) is not null;

    /// <summary>Whether anything of it, or of this metric, is in there.</summary>
    public static bool Mentions(this Scrape scrape, string plugin, string metric) =>
        scrape.Samples.Any(sample => sample.Labels.GetValueOrDefault("plugin") == plugin || sample.Name.StartsWith(metric, StringComparison.Ordinal));
}
