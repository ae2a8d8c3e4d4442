using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>
/// Brings a document into the form that the readers ask for: without what ebpf_exporter takes as left out (a null, an empty list), without the sections that only hold anchors, and without
/// those whose kind is not supported, which is said.
/// </summary>
internal static class DocumentForm
{
    private const string StaticMap = "static_map";
    private const string Spans = "not supported: spans are not made into metrics";

    private static readonly string[] MapNames = ["table", "map", "perf_map", "perf_map_flush_duration"];

    /// <exception cref="ConfigurationException">Nothing of the file is supported.</exception>
    public static void Prepare(ObjectNode root, ErrorList errors, ExporterContext context)
    {
        RemoveAbsent(root);
        root.Members.RemoveAll(member => HoldsAnchors(member.Name));
        if (root.Members.Find(member => member.Is("programs")) is { } programs)
        {
            throw errors.Fatal(
                programs.Position, programs.Name, "not supported: this is the form of ebpf_exporter 1, which compiles C; take that of version 2, with an object that clang has made");
        }
        var metrics = root.Members.Find(member => member.Is("metrics"));
        if (root.Members.Find(member => member.Is("tracing")) is { } tracing)
        {
            root.Members.Remove(tracing);
            if (metrics is null)
                throw errors.Fatal(tracing.Position, tracing.Name, $"{Spans}, and the file has no metrics; leave it to ebpf_exporter");
            context.Remark(new ConfigurationError(tracing.Position, tracing.Name, $"{Spans}; the metrics are read"));
        }
        if (metrics?.Value is ObjectNode kinds)
            kinds.Members.ForEach(kind => RemoveMapNames(kind, SettingPath.Member(metrics.Name, kind.Name), context));
    }

    // Version 1 named the map; configurations that were brought to version 2 still do, and it pays no heed to them.
    private static void RemoveMapNames(Member kind, string path, ExporterContext context)
    {
        foreach (var (index, metric) in (kind.Value is ListNode list ? list.Items : []).OfType<ObjectNode>().Index())
        {
            foreach (var name in metric.Members.Where(member => MapNames.Contains(member.Name, StringComparer.Ordinal)))
            {
                string where = SettingPath.Member(SettingPath.Item(path, index), name.Name);
                context.Remark(new ConfigurationError(name.Position, where, "no effect, as in ebpf_exporter 2: the map is the one with the metric's name"));
            }
            metric.Members.RemoveAll(member => MapNames.Contains(member.Name, StringComparer.Ordinal));
        }
    }

    // By the two customs there are; ebpf_exporter leaves out any key that it doesn't know.
    private static bool HoldsAnchors(string name) => name.StartsWith("x-", StringComparison.Ordinal) || name.StartsWith('.');

    private static void RemoveAbsent(Node node)
    {
        if (node is ListNode list)
            list.Items.ForEach(RemoveAbsent);
        if (node is not ObjectNode owner)
            return;
        owner.Members.RemoveAll(member => member.Value is ScalarNode { Kind: ScalarKind.Null } or ListNode { Items.Count: 0 });
        foreach (var member in owner.Members.Where(member => !member.Is(StaticMap)))
            RemoveAbsent(member.Value);
    }
}
