using EbpfAgent.Decoding.BuiltIn.Steps;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// How a field becomes text by what BTF says of it, without a word in a manifest: by a typedef of <c>ebpf_agent/types.bpf.h</c> first, then by its kind.
/// </summary>
internal static class FieldSteps
{
    /// <exception cref="FormatException">A typedef asks for a decoder that the key lacks something for.</exception>
    public static ILabelStep Create(KeyField field, IHost host, KeyLayout layout) =>
        FieldTypes.DecoderOf(field) is { } spec ? LabelDecoders.Create(spec, host, layout) : OfKind(field, host, layout);

    private static ILabelStep OfKind(KeyField field, IHost host, KeyLayout layout) => field.Kind switch
    {
        KeyFieldKind.Unsigned or KeyFieldKind.Signed => new IntegerStep(isSigned: null),
        KeyFieldKind.Bool => new BoolStep(),
        KeyFieldKind.Enum => new EnumStep(map: null, fallback: null, allowUnknown: true),
        KeyFieldKind.Float => new FloatStep(),
        KeyFieldKind.Chars => new StringStep(),
        KeyFieldKind.Array when !IsBytes(field) => new ElementsStep(field, Create(field.Element!, host, layout)),
        KeyFieldKind.Struct or KeyFieldKind.Union =>
            new MembersStep(field.Offset, [.. KeyFields.Leaves(field).Select(leaf => (leaf, Create(leaf, host, layout)))]),
        _ => new HexStep(),
    };

    private static bool IsBytes(KeyField array) => array.Element is { Kind: KeyFieldKind.Unsigned, Size: 1 } element && FieldTypes.NameOf(element) is null;
}
