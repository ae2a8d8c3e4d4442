namespace EbpfAgent.Bpf;

/// <summary>
/// Compares a type of one object with a type of another by what their bytes mean: widths, signs, and members by name and place. Names of structs and typedefs
/// don't count. Pure, and in bounded time: no pair of types is looked at twice.
/// </summary>
internal sealed class TypeDifference
{
    private readonly Btf _types;
    private readonly Btf _typesBefore;
    private readonly HashSet<(int, int)> _seen = [];

    private TypeDifference(Btf types, Btf typesBefore) => (_types, _typesBefore) = (types, typesBefore);

    /// <summary>The first difference, in words; null if there is none.</summary>
    public static string? Find(Btf types, int type, Btf typesBefore, int typeBefore)
    {
        try
        {
            return new TypeDifference(types, typesBefore).Find(type, typeBefore, "", Btf.MaxDepth);
        }
        catch (BtfException e)
        {
            return e.Message;
        }
    }

    private string? Find(int type, int typeBefore, string place, int depth)
    {
        if (depth == 0) return $"{In(place)}it is nested more than {Btf.MaxDepth} deep";
        BtfType now = _types.Resolve(type), before = _typesBefore.Resolve(typeBefore);
        if (!_seen.Add((now.Id, before.Id))) return null;
        return (now, before) switch
        {
            (BtfComposite one, BtfComposite other) when one.IsUnion == other.IsUnion => Members(one, other, place, depth),
            (BtfArray one, BtfArray other) when one.Length == other.Length => Find(one.ElementId, other.ElementId, place, depth - 1),
            (BtfInt one, BtfInt other) when (one.Size, one.Bits, one.BitOffset, one.IsSigned) == (other.Size, other.Bits, other.BitOffset, other.IsSigned) => null,
            (BtfEnum one, BtfEnum other) when one.Size == other.Size && one.IsSigned == other.IsSigned => Enumerators(one, other, place),
            (BtfFloat one, BtfFloat other) when one.Size == other.Size => null,
            (BtfPointer, BtfPointer) => null,
            _ => $"{In(place)}{_types.DescribeType(type)}, and was {_typesBefore.DescribeType(typeBefore)}",
        };
    }

    private string? Members(BtfComposite now, BtfComposite before, string place, int depth)
    {
        if (now.Members.Length != before.Members.Length) return $"{In(place)}{now.Members.Length} members, and had {before.Members.Length}";
        if (now.Size != before.Size) return $"{In(place)}{now.Size} bytes, and had {before.Size}";
        for (int i = 0; i < now.Members.Length; i++)
        {
            BtfMember one = now.Members[i], other = before.Members[i];
            if (one.Name != other.Name) return $"{In(place)}'{one.Name}' where '{other.Name}' was";
            if (one.BitOffset != other.BitOffset) return $"{In(place)}'{one.Name}' at bit {one.BitOffset}, and had it at {other.BitOffset}";
            if (one.BitSize != other.BitSize) return $"{In(place)}'{one.Name}' of {one.BitSize} bits, and had it of {other.BitSize}";
            if (Find(one.TypeId, other.TypeId, one.Name.Length == 0 ? place : $"{place}.{one.Name}", depth - 1) is { } difference) return difference;
        }

        return null;
    }

    // A value that was added changes none that is there.
    private static string? Enumerators(BtfEnum now, BtfEnum before, string place)
    {
        foreach (BtfEnumerator one in before.Enumerators)
        {
            if (!now.Enumerators.Contains(one)) return $"{In(place)}an enum in which {one.Name} is not {one.Value} any more";
        }

        return null;
    }

    private static string In(string place) => place.Length == 0 ? "" : $"'{place.TrimStart('.')}' is ";
}
