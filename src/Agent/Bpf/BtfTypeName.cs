namespace EbpfAgent.Bpf;

/// <summary>Types in C's notation. For messages only, so what can't be followed becomes <c>?</c> instead of an error.</summary>
internal static class BtfTypeName
{
    public static string Describe(Btf btf, int id) => Describe(btf, id, "", Btf.MaxDepth);

    /// <summary><paramref name="suffix"/> is what follows the type's name so far: <c>*</c> and <c>[N]</c>, outermost first.</summary>
    private static string Describe(Btf btf, int id, string suffix, int depth)
    {
        if (depth == 0 || (uint)id >= (uint)btf.Count)
            return "?" + suffix;
        return btf[id] switch
        {
            BtfPointer type => Describe(btf, type.TargetId, Pointer(suffix), depth - 1),
            BtfArray type => Describe(btf, type.ElementId, Array(suffix, type.Length), depth - 1),
            BtfModifier { Kind: BtfModifierKind.TypeTag } type => Describe(btf, type.TargetId, suffix, depth - 1),
            BtfModifier type => Qualified(btf, type, suffix, depth),
            BtfFunctionPrototype type => $"{Describe(btf, type.ReturnId, "", depth - 1)} ({suffix.Trim()})()",
            BtfComposite type => (type.IsUnion ? "union " : "struct ") + Named(type) + suffix,
            BtfForward type => (type.IsUnion ? "union " : "struct ") + Named(type) + suffix,
            BtfEnum type => "enum " + Named(type) + suffix,
            var type => Named(type) + suffix,
        };
    }

    private static string Qualified(Btf btf, BtfModifier type, string suffix, int depth)
    {
        var qualifier = type.Kind switch
        {
            BtfModifierKind.Const => "const",
            BtfModifierKind.Volatile => "volatile",
            _ => "restrict",
        };

        // A qualified pointer carries the qualifier behind its star, everything else in front.
        return (uint)type.TargetId < (uint)btf.Count && btf[type.TargetId] is BtfPointer
            ? Describe(btf, type.TargetId, $" {qualifier}{suffix}", depth - 1)
            : $"{qualifier} {Describe(btf, type.TargetId, suffix, depth - 1)}";
    }

    private static string Pointer(string suffix) => $" *{suffix.TrimStart()}";

    private static string Array(string suffix, uint length) => suffix.StartsWith(" *", StringComparison.Ordinal)
        ? $" ({suffix.TrimStart()})[{length}]"
        : $"{suffix}[{length}]";

    private static string Named(BtfType type) => type.Name.Length > 0 ? type.Name : "(anonymous)";
}
