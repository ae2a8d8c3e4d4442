namespace EbpfAgent.Bpf.Events;

/// <summary>Finds the type of a buffer's events in an object's BTF: the map's own definition can't say it, since the kernel takes no key and no value type for such a map. Pure.</summary>
internal static class EventType
{
    private const string Section = ".rodata.events";
    private const string Suffix = "__event";

    /// <summary>The id of the type that <c>EVENTS(...)</c> has noted for a map; null if it was declared otherwise.</summary>
    /// <exception cref="BtfException">The note is no pointer, or its type contradicts itself.</exception>
    public static int? Find(Btf btf, string map)
    {
        foreach (BtfSectionVariable variable in btf.FindDataSection(Section) ?? [])
        {
            if (variable.Name != map + Suffix) continue;
            return btf.Resolve(variable.TypeId) is BtfPointer { TargetId: > 0 } pointer
                ? pointer.TargetId
                : throw new BtfException($"BTF: {variable.Name} in {Section} is {btf.DescribeType(variable.TypeId)}, and not a pointer to the event's type");
        }

        return null;
    }

    /// <summary>The id of a type by the name that C gives it: <c>struct exec_event</c>, <c>union any_event</c>, or a bare name of any of them or of a typedef; null if there is none with a size.</summary>
    /// <remarks>clang leaves a type that nothing but a pointer refers to out, or declares it only: a global variable of it keeps it.</remarks>
    public static int? FindNamed(Btf btf, string name)
    {
        string[] words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["struct", var tag] => Find(btf, type => type is BtfComposite { IsUnion: false } && type.Name == tag),
            ["union", var tag] => Find(btf, type => type is BtfComposite { IsUnion: true } && type.Name == tag),
            [var bare] => Find(btf, type => type is BtfComposite or BtfTypedef or BtfInt or BtfEnum && type.Name == bare),
            _ => null,
        };
    }

    private static int? Find(Btf btf, Func<BtfType, bool> fits)
    {
        foreach (BtfType type in btf.Types)
        {
            if (fits(type)) return type.Id;
        }

        return null;
    }
}
