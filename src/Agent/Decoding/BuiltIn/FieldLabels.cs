using System.Collections.Immutable;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>Makes the labels of one key: what a manifest says, held against what BTF says.</summary>
/// <param name="layout">The key as BTF describes it; null where it doesn't.</param>
/// <param name="keySize">Bytes of a key.</param>
/// <param name="bucket">The path of the field that holds a histogram's bucket, or null.</param>
/// <param name="host">The machine.</param>
internal sealed class FieldLabels(KeyLayout? layout, int keySize, string? bucket, IHost host)
{
    // Nobody reads a metric of more; a struct of the kernel, taken as it is for a key, may have hundreds.
    private const int MaxLabels = 64;
    private const string ScalarName = "key";

    /// <summary>The key, for messages.</summary>
    public string Owner { get; } = layout is null ? "The key" : $"The key {layout.TypeName}";

    /// <summary>A label for each field, named by its path.</summary>
    public ImmutableArray<FieldLabel> FromBtf()
    {
        if (layout is null)
            throw Refused("no BTF describes it, so its labels have to be given");
        List<KeyField> leaves = [.. KeyFields.Leaves(layout.Root).Where(leaf => leaf.Path != bucket).Take(MaxLabels + 1)];
        if (leaves.Count > MaxLabels)
            throw Refused($"it has more than {MaxLabels} fields: name those that are to be labels");
        RefuseDuplicates(leaves);
        return [.. leaves.Select(leaf => Make(NameOf(leaf), leaf, []))];
    }

    /// <summary>The label that a manifest asks for.</summary>
    public FieldLabel FromSpec(LabelSpec spec)
    {
        if (spec.Place is { } place)
            return AtPlace(spec, place);
        if (layout is null)
            throw Refused($"no BTF describes it, so the label '{spec.Name}' needs to say where its bytes are");
        return Make(spec.Name, Find(spec), spec.Decoders);
    }

    private FieldLabel AtPlace(LabelSpec spec, FieldPlace place)
    {
        if (place.Size <= 0 || place.Offset < 0 || place.Size > keySize - place.Offset)
            throw Refused($"the label '{spec.Name}' wants {place.Size} bytes at {place.Offset}, and the key has {keySize}");
        if (spec.Decoders.Count == 0)
            throw Refused($"the label '{spec.Name}' has no decoder, and no BTF says what its bytes are");
        return new FieldLabel(spec.Name, place, null, Chain(spec.Name, spec.Decoders, null));
    }

    private FieldLabel Make(string name, KeyField field, IReadOnlyList<DecoderSpec> decoders)
    {
        if (field.End > keySize)
            throw Refused($"the field '{field.Path}' ends at {field.End}, and the key has {keySize} bytes");
        var label = new FieldLabel(name, new FieldPlace(field.Offset, field.Size), field, Chain(name, decoders, field));
        TryZeros(label);
        return label;
    }

    private ImmutableArray<ILabelStep> Chain(string name, IReadOnlyList<DecoderSpec> decoders, KeyField? field)
    {
        try
        {
            var steps = decoders.Select(spec => LabelDecoders.Create(spec, host, layout)).ToImmutableArray();
            if (field is not null && (steps.IsEmpty || steps[0].NeedsText))
                steps = steps.Insert(0, FieldSteps.Create(field, host, layout!));
            for (var i = 1; i < decoders.Count; i++)
            {
                if (steps[^(decoders.Count - i)].NeedsBytes)
                    throw new FormatException($"the decoder '{decoders[i].Name}' wants the field's bytes: it has to be the first of a chain");
            }

            return steps;
        }
        catch (FormatException exception)
        {
            throw Refused($"the label '{name}': {exception.Message}", exception);
        }
    }

    /// <summary>What the first step can't read of zeros it can't read of anything: the field's size is wrong, and better said now than with each key.</summary>
    private void TryZeros(FieldLabel label)
    {
        try
        {
            label.Steps[0].Decode(new LabelInput(new byte[label.Place.Size], label.Field, new byte[keySize]));
        }
        catch (DecodeException exception)
        {
            throw Refused($"the label '{label.Name}' can't be decoded from the field {label.Field!.TypeName} {label.Field.Path}: {exception.Message}", exception);
        }
    }

    private KeyField Find(LabelSpec spec)
    {
        if (KeyFields.IsScalar(layout!) && spec.Field is null or "" or ScalarName)
            return layout!.Root;
        var path = spec.Field ?? spec.Name;
        var fields = KeyFields.Named(layout!.Root).ToList();
        var field = fields.Find(field => field.Path == path);
        if (field is null)
        {
            var known = string.Join(", ", fields.Where(static field => field.Size > 0).Select(static field => field.Path).Distinct().Take(MaxLabels));
            throw Refused($"it has no field '{path}', which the label '{spec.Name}' wants; it has {(known.Length > 0 ? known : "no fields")}");
        }

        if (field.Size == 0)
            throw Refused($"the field '{path}' of the label '{spec.Name}' has no bytes");
        if (spec.Decoders.Count == 0 && field.Kind is KeyFieldKind.Struct or KeyFieldKind.Union && FieldTypes.DecoderOf(field) is null)
            throw Refused($"the field '{path}' of the label '{spec.Name}' is {field.TypeName}: name a field in it, or a decoder for all of it");
        return field;
    }

    private void RefuseDuplicates(List<KeyField> leaves)
    {
        foreach (var same in leaves.GroupBy(NameOf, StringComparer.Ordinal).Where(static same => same.Count() > 1))
            throw Refused($"the fields {string.Join(" and ", same.Select(static field => $"'{field.Path}'"))} would both be the label '{same.Key}': name the labels");
    }

    /// <summary>
    /// The field's path with underscores for all that a label's name can't have; <c>key_</c> before what Prometheus keeps for itself. A key of one value is named by its type, or <c>key</c>.
    /// </summary>
    private static string NameOf(KeyField field)
    {
        if (field.Path.Length == 0)
            return FieldTypes.NameOf(field) ?? ScalarName;
        var name = string.Concat(field.Path.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        if (name == "le" || name.StartsWith("__", StringComparison.Ordinal))
            return $"{ScalarName}_{name.TrimStart('_')}";
        return char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }

    private PluginException Refused(string reason, Exception? inner = null) => new(PluginError.Metric, $"{Owner}: {reason}.", inner);
}
