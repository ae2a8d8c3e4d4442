using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration;

/// <summary>
/// Reads a metric's <c>labels</c>: a field by its name, or an object with the label's name, its field, and the decoders that make text of it.
/// </summary>
internal static class LabelBinder
{
    private const string DefaultKey = "default";
    private const string UnknownKey = "allowUnknown";
    private const string Expected = "a decoder's name, an object with one key that is the decoder's name, or a list of these";

    /// <summary>The labels; null where they are left out. An empty list is a metric without labels: all keys are one series.</summary>
    public static IReadOnlyList<LabelSpec>? Bind(ObjectReader metric)
    {
        if (metric.Raw("labels") is not { } node) return null;
        string path = SettingPath.Member(metric.Path, "labels");
        if (node is not ListNode list)
        {
            metric.Refuse(node.Position, path, $"expected a list of fields of the key, which may be empty; found {Quoted.Value(node)}");
            return null;
        }

        return [.. list.Items.Index().Select(item => Label(metric, item.Item, SettingPath.Item(path, item.Index))).OfType<LabelSpec>()];
    }

    private static LabelSpec? Label(ObjectReader metric, Node node, string path)
    {
        if (node is not ScalarNode) return metric.Object(node, path, Label);
        return metric.TryGet(node, path, SettingFormats.FieldPath, out string? field) ? new LabelSpec(field.Replace('.', '_')) { Field = field } : null;
    }

    private static LabelSpec Label(ObjectReader label)
    {
        string? name = label.TryGet("name", SettingFormats.Label, out string? given) ? given : null;
        string? field = label.TryGet("field", SettingFormats.FieldPath, out string? path) ? path : null;
        if (name is null && field is null && label.Raw("name") is null) label.Refuse(null, "says neither a \"name\" nor a \"field\"; give the field of the key, the label's name, or both");
        name ??= (field ?? "label").Replace('.', '_');
        return new LabelSpec(name) { Field = field, Decoders = Chain(label) };
    }

    private static IReadOnlyList<DecoderSpec> Chain(ObjectReader label)
    {
        if (label.Raw("decode") is not { } node) return [];
        string path = SettingPath.Member(label.Path, "decode");
        if (node is ListNode list) return [.. list.Items.Index().Select(item => Step(label, item.Item, SettingPath.Item(path, item.Index))).OfType<DecoderSpec>()];
        return Step(label, node, path) is { } step ? [step] : [];
    }

    private static DecoderSpec? Step(ObjectReader label, Node node, string path)
    {
        switch (node)
        {
            case ScalarNode { Kind: ScalarKind.String } scalar:
                return Check(label, scalar.Position, path, new DecoderSpec(scalar.Text));
            case ObjectNode:
                return label.Object(node, path, step => Step(step) ?? new DecoderSpec(""));
            default:
                label.Refuse(node.Position, path, $"expected {Expected}; found {Quoted.Value(node)}");
                return null;
        }
    }

    private static DecoderSpec? Step(ObjectReader step)
    {
        string? fallback = step.TryGet(DefaultKey, SettingFormats.AnyText, out string? text) ? text : null;
        bool allowUnknown = step.Optional(UnknownKey, false, SettingFormats.Boolean);
        DecoderSpec? spec = null;
        foreach (string name in LabelDecoders.Names)
        {
            if (step.Raw(name) is not { } argument) continue;
            if (spec is not null) step.Refuse(name, $"the step is \"{spec.Name}\" already; give each decoder an object of its own");
            spec ??= Argument(step, argument, name) with { Default = fallback, AllowUnknown = allowUnknown };
        }

        if (spec is null) step.Refuse(null, $"names no decoder; there are {string.Join(", ", LabelDecoders.Names)}");
        return spec is null ? null : Check(step, step.Position, step.Path, spec);
    }

    // { "regexp": "..." }, { "regexp": [...] }, { "static_map": {...} }, { "ip": { "order": "host" } }
    private static DecoderSpec Argument(ObjectReader step, Node argument, string name)
    {
        string path = SettingPath.Member(step.Path, name);
        return argument switch
        {
            ScalarNode { Kind: ScalarKind.Boolean, Text: "true" } => new DecoderSpec(name),
            ScalarNode scalar => OfText(step, scalar, name, path),
            ListNode list => MainArgument.Of(name, [.. list.Items.Index().Select(item => Text(step, item.Item, SettingPath.Item(path, item.Index)))]),
            _ => MainArgument.Of(name, ((ObjectNode)argument).Members.ToDictionary(member => member.Name, member => Text(step, member.Value, SettingPath.Member(path, member.Name)), StringComparer.Ordinal)),
        };
    }

    private static DecoderSpec OfText(ObjectReader step, ScalarNode scalar, string name, string path)
    {
        try
        {
            return MainArgument.Of(name, scalar.Text);
        }
        catch (FormatException e)
        {
            step.Refuse(scalar.Position, path, e.Message);
            return new DecoderSpec(name);
        }
    }

    private static string Text(ObjectReader step, Node node, string path)
    {
        if (node is ScalarNode { Kind: not ScalarKind.Null } scalar) return scalar.Text;
        step.Refuse(node.Position, path, $"expected a text or a number; found {Quoted.Value(node)}");
        return "";
    }

    // What needs no key to be known wrong is said with its line.
    private static DecoderSpec? Check(ObjectReader reader, JsonPosition position, string path, DecoderSpec spec)
    {
        if (LabelDecoders.Objection(spec) is not { } objection) return spec;
        reader.Refuse(position, path, objection);
        return null;
    }
}
