using EbpfAgent.Lifecycle;
using Prometheus;

namespace EbpfAgent.Health;

/// <summary>
/// Ends the exposition of what is no longer there: a plugin that was removed, or a metric, map or program that a new version of it lacks. Looks only when something has
/// changed since it last looked.
/// </summary>
internal sealed class StaleMetrics(params Collector[] collectors)
{
    private List<(PluginSupervisor Plugin, RunningPlugin? Running)> _seen = [];

    public void Remove(IReadOnlyList<PluginSupervisor> plugins)
    {
        if (IsAsSeen(plugins)) return;
        _seen = [.. plugins.Select(static plugin => (plugin, plugin.Status.Running))];
        var present = new HashSet<string>(_seen.SelectMany(static one => Present(one.Plugin.Name, one.Running)));
        foreach (Collector collector in collectors) Remove(collector, present);
    }

    private bool IsAsSeen(IReadOnlyList<PluginSupervisor> plugins)
    {
        if (plugins.Count != _seen.Count) return false;
        for (int i = 0; i < plugins.Count; i++)
        {
            if (plugins[i] != _seen[i].Plugin || plugins[i].Status.Running != _seen[i].Running) return false;
        }

        return true;
    }

    // A plugin, and what of it a second label may name. A label set of another kind ("state", "reason") is there as long as the plugin is.
    private static IEnumerable<string> Present(string plugin, RunningPlugin? running)
    {
        yield return Name(plugin);
        if (running is null) yield break;
        foreach (var family in running.Families) yield return Name(plugin, "metric", family.Description.Name);
        foreach (var poll in running.Polls) yield return Name(plugin, "map", poll.Map.Definition.Name);
        foreach (var program in running.Object.Programs) yield return Name(plugin, "program", program.Name);
        foreach (var (program, _) in running.Object.Unsupported) yield return Name(plugin, "program", program);
    }

    private static void Remove(Collector collector, HashSet<string> present)
    {
        bool isPart = collector.LabelNames is [_, "metric" or "map" or "program", ..];
        IEnumerable<string[]> all = collector is Gauge gauge ? gauge.GetAllLabelValues() : ((Counter)collector).GetAllLabelValues();
        foreach (string[] labels in all.ToArray())
        {
            if (!present.Contains(isPart ? Name(labels[0], collector.LabelNames[1], labels[1]) : Name(labels[0]))) Remove(collector, labels);
        }
    }

    private static void Remove(Collector collector, string[] labels)
    {
        if (collector is Gauge gauge) gauge.RemoveLabelled(labels);
        else ((Counter)collector).RemoveLabelled(labels);
    }

    private static string Name(string plugin, string kind = "", string part = "") => $"{plugin}\n{kind}\n{part}";
}
