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
        if (root.Members.Find(member => member.Is("tracing")) is not { } tracing)
            return;
        root.Members.Remove(tracing);
        if (!root.Members.Exists(member => member.Is("metrics")))
            throw errors.Fatal(tracing.Position, tracing.Name, $"{Spans}, and the file has no metrics");
        context.Remark(new ConfigurationError(tracing.Position, tracing.Name, $"{Spans}; the metrics are read"));
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
