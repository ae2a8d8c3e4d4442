using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Reads a metric's labels. Each says how many bytes of the key it takes, so that its place follows from those before it.</summary>
internal static class LabelBinder
{
    public static IReadOnlyList<LabelEntry> Bind(ObjectReader metric, ExporterContext context)
    {
        int offset = 0;
        return metric.Objects("labels", reader =>
        {
            var entry = Label(reader, context, offset, out bool isReused);
            if (!isReused)
                offset = entry.End;
            return entry;
        }) ?? [];
    }

    /// <summary>Refuses names that Prometheus refuses, or that are there twice.</summary>
    /// <param name="labels">The labels that the metric exposes.</param>
    /// <param name="isHistogram">Whether <c>le</c> is taken.</param>
    public static void CheckNames(IEnumerable<LabelEntry> labels, bool isHistogram)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (spec, _, reader) in labels)
        {
            if (spec.Name is null)
                continue;
            if (Objection(spec.Name, isHistogram) is { } objection)
                reader.Refuse("name", $"{objection}; found {Quoted.Text(spec.Name)}");
            else if (!seen.Add(spec.Name))
                reader.Refuse("name", $"\"{spec.Name}\" is the name of an earlier label");
        }
    }

    /// <summary>The bytes that labels come to; with <c>reuse</c> the last need not reach furthest.</summary>
    public static int KeyBytes(IEnumerable<LabelEntry> labels) => labels.Select(entry => entry.End).DefaultIfEmpty(0).Max();

    private static LabelEntry Label(ObjectReader reader, ExporterContext context, int offset, out bool isReused)
    {
        string? name = reader.Required("name", SettingFormats.AnyText);
        int size = reader.Required("size", ExporterFormats.Size);
        int padding = reader.Optional("padding", 0, ExporterFormats.Padding);
        isReused = reader.Optional("reuse", false, ExporterFormats.Boolean);
        var decoders = reader.Objects("decoders", decoder => DecoderBinder.Bind(decoder, context));
        if (decoders is null)
            reader.Refuse("decoders", "missing; expected a list of at least one decoder, such as - name: uint");
        long end = (long)offset + size + padding;
        if (end > ExporterFormats.MaxKeyBytes)
            reader.Refuse("size", $"with it the key has {end} bytes; a key has at most {ExporterFormats.MaxKeyBytes}");
        var spec = new LabelSpec(name!) { Place = new FieldPlace(offset, size), Decoders = decoders ?? [] };
        return new LabelEntry(spec, (int)Math.Min(end, ExporterFormats.MaxKeyBytes), reader);
    }

    private static string? Objection(string name, bool isHistogram)
    {
        if (!MetricNames.IsLegal(name, colons: false))
            return "expected a label name: letters, digits and \"_\", not beginning with a digit";
        if (name.StartsWith("__", StringComparison.Ordinal))
            return "expected a label name; those that begin with \"__\" are Prometheus' own";
        return isHistogram && name == "le" ? "expected a label name other than the one that buckets carry" : null;
    }
}
