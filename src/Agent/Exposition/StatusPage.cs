using System.Net;
using System.Text;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>The page at <c>/</c>: the plugins, how they are, and where the metrics are. Plain HTML, nothing to fetch, no script.</summary>
internal static class StatusPage
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>EbpfAgent</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8884; }
        td.n { font-variant-numeric: tabular-nums; }
        pre { white-space: pre-wrap; margin: 0; }
        .running { color: #1a7f37; } .failed, .quarantined { color: #cf222e; } .unsupported, .outdated { color: #9a6700; }
        code { font-size: .95em; }
        </style>
        </head>
        <body>
        <h1>EbpfAgent</h1>
        <p><a href="/metrics">/metrics</a> &middot; <a href="/-/healthy">/-/healthy</a> &middot; <a href="/-/ready">/-/ready</a></p>

        """;

    public static string Render(IReadOnlyList<PluginSupervisor> plugins)
    {
        var page = new StringBuilder(Head);
        if (plugins.Count == 0) return page.Append("<p>There are no plugins. Copy one into a plugin folder: it appears here within seconds.</p>\n</body>\n</html>\n").ToString();
        page.Append("<table>\n<tr><th>Plugin</th><th>State</th><th>Metrics</th><th>Series</th><th>Last poll</th></tr>\n");
        foreach (PluginSupervisor plugin in plugins) Row(page, plugin);
        return page.Append("</table>\n</body>\n</html>\n").ToString();
    }

    private static void Row(StringBuilder page, PluginSupervisor plugin)
    {
        PluginStatus status = plugin.Status;
        string state = status.State.ToString().ToLowerInvariant();
        IReadOnlyList<MetricFamily> families = status.Running?.Families ?? [];
        page.Append($"<tr><td>{Text(plugin.Name)}<br><code>{Text(plugin.Path)}</code></td><td><span class=\"{state}\">{state}</span>");
        if (status.Message is not null) page.Append($"<pre>{Text(status.Message)}</pre>");
        foreach ((string program, string reason) in status.Running?.Object.Unsupported ?? []) page.Append($"<pre class=\"unsupported\">without '{Text(program)}': {Text(reason)}</pre>");
        foreach (string place in status.Running?.Object.Pending ?? []) page.Append($"<pre>{Text(place)}</pre>");
        page.Append("</td><td>").AppendJoin("<br>", families.Select(static family => $"<code>{Text(family.Description.Name)}</code>"));
        page.Append("</td><td class=\"n\">").AppendJoin("<br>", families.Select(static family => family.Series.Count));
        page.Append($"</td><td class=\"n\">{Text(Age(plugin))}</td></tr>\n");
    }

    private static string Age(PluginSupervisor plugin) => plugin.Polls.Read() switch
    {
        { Age: { } age, LastDuration: var took } => $"{age.TotalSeconds:0.0} s ago, took {took.TotalMilliseconds:0.00} ms",
        { Polls: > 0 } => "failed",
        _ => "-",
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
