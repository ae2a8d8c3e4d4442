namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>Which fields a key has for labels.</summary>
internal static class KeyFields
{
    /// <summary>
    /// The fields that are labels where nobody chose any, in declared order: structs are opened, of a union the first member is taken, arrays are one. What has no bytes is left out, and fillers are:
    /// <c>pad</c>, <c>padding</c>, <c>reserved</c>, <c>unused</c>, with underscores before and digits behind. A struct with a typedef that says what it is stays whole.
    /// </summary>
    public static IEnumerable<KeyField> Leaves(KeyField field)
    {
        if (field.Size == 0 || IsFiller(field.Name))
            return [];
        return field.Kind switch
        {
            _ when FieldTypes.DecoderOf(field) is not null => [field],
            KeyFieldKind.Struct => field.Members.SelectMany(Leaves),
            KeyFieldKind.Union => field.Members.Take(1).SelectMany(Leaves),
            _ => [field],
        };
    }

    /// <summary>Every field that a label may name, in declared order: all members of unions are among them.</summary>
    public static IEnumerable<KeyField> Named(KeyField field)
    {
        IEnumerable<KeyField> members = field.Members.SelectMany(Named);
        return field.Name.Length > 0 ? members.Prepend(field) : members;
    }

    /// <summary>Whether the key is one value, which has no name.</summary>
    public static bool IsScalar(KeyLayout layout) => layout.Root.Kind is not (KeyFieldKind.Struct or KeyFieldKind.Union);

    private static bool IsFiller(string name) =>
        name.TrimStart('_').TrimEnd("0123456789").TrimEnd('_') is "pad" or "padding" or "reserved" or "unused";
}
