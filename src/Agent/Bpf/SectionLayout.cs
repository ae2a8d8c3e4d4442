namespace EbpfAgent.Bpf;

/// <summary>Compares a data section of two versions of an object, variable by variable. Pure.</summary>
internal static class SectionLayout
{
    /// <summary>What is different, as the rest of a sentence that begins with the section; null if nothing is.</summary>
    public static string? Difference(string section, Btf types, Btf typesBefore)
    {
        if (types.FindDataSection(section) is not { } variables || typesBefore.FindDataSection(section) is not { } before)
            return "is described by only one of the versions";
        if (variables.Count != before.Count) return $"has {variables.Count} variables, and had {before.Count}";
        for (int i = 0; i < variables.Count; i++)
        {
            BtfSectionVariable now = variables[i], then = before[i];
            if (now.Name != then.Name) return $"has '{now.Name}' where '{then.Name}' was";
            if (now.Offset != then.Offset) return $"has '{now.Name}' at offset {now.Offset}, and had it at {then.Offset}";
            if (TypeDifference.Find(types, now.TypeId, typesBefore, then.TypeId) is { } difference) return $"has another '{now.Name}': {difference}";
        }

        return null;
    }
}
