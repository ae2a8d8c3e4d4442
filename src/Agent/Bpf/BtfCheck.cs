namespace EbpfAgent.Bpf;

/// <summary>
/// What libbpf takes for granted of types: each that one refers to is there and of a kind that can stand in that place, and none goes in circles. The agent's own reading needs none of it, since <see cref="Btf"/> checks at each step.
/// </summary>
internal static class BtfCheck
{
    // Lists that are gone through once for each entry of another. An object has some tens of maps and variables, and some thousands of types.
    private const int MostMaps = 1024;
    private const int MostVariables = 4096;
    private const int MostTypes = 1 << 17;

    /// <exception cref="BtfException">Something is not as it should be.</exception>
    public static void Demand(Btf btf)
    {
        if (btf.Count > MostTypes) throw new BtfException($"BTF: there are {btf.Count} types; the agent takes {MostTypes} at most.");
        int variables = btf.Types.OfType<BtfDataSection>().Sum(static section => section.Entries.Length);
        if (variables > MostVariables) throw new BtfException($"BTF: there are {variables} variables; the agent takes {MostVariables} at most.");
        foreach (BtfType type in btf.Types)
        {
            foreach (int target in Targets(type))
            {
                if ((uint)target >= (uint)btf.Count) throw new BtfException($"BTF: type {type.Id} ({Kind(type)}) refers to type {target}; ids go to {btf.Count - 1}.");
            }
        }

        foreach (BtfType type in btf.Types)
        {
            btf.Resolve(type.Id);
            DemandKinds(btf, type);
        }
    }

    /// <summary>Holds the variables of data sections, as libbpf has placed them, against the sections' sizes.</summary>
    /// <param name="btf">The types of an open object.</param>
    /// <param name="maps">Its maps, of which one is each data section.</param>
    /// <exception cref="BtfException">One ends behind its section.</exception>
    public static void DemandInside(Btf btf, IReadOnlyList<MapDefinition> maps)
    {
        foreach (BtfDataSection section in btf.Types.OfType<BtfDataSection>())
        {
            if (maps.FirstOrDefault(map => map.Section == section.Name) is not { } map) continue;
            foreach (BtfSectionEntry entry in section.Entries)
            {
                if ((ulong)entry.Offset + entry.Size > (ulong)map.ValueSize)
                    throw new BtfException($"BTF: variable '{btf[entry.TypeId].Name}' ends at byte {(ulong)entry.Offset + entry.Size} of {section.Name}, which has {map.ValueSize}.");
            }
        }
    }

    private static IEnumerable<int> Targets(BtfType type) => type switch
    {
        BtfPointer pointer => [pointer.TargetId],
        BtfArray array => [array.ElementId, array.IndexId],
        BtfComposite composite => composite.Members.Select(static member => member.TypeId),
        BtfTypedef typedef => [typedef.TargetId],
        BtfModifier modifier => [modifier.TargetId],
        BtfFunction function => [function.PrototypeId],
        BtfFunctionPrototype prototype => prototype.Parameters.Select(static parameter => parameter.TypeId).Append(prototype.ReturnId),
        BtfVariable variable => [variable.TypeId],
        BtfDataSection section => section.Entries.Select(static entry => entry.TypeId),
        BtfDeclTag tag => [tag.TargetId],
        _ => [],
    };

    private static void DemandKinds(Btf btf, BtfType type)
    {
        switch (type)
        {
            case BtfFunction function when btf[function.PrototypeId] is not BtfFunctionPrototype:
                throw new BtfException($"BTF: type {type.Id} is a function whose prototype, type {function.PrototypeId}, is none.");
            case BtfDataSection section:
                DemandSection(btf, section);
                break;
        }
    }

    private static void DemandSection(Btf btf, BtfDataSection section)
    {
        if (section.Name == ".maps" && section.Entries.Length > MostMaps) throw new BtfException($"BTF: {section.Entries.Length} maps are in .maps; the agent takes {MostMaps} at most.");
        foreach (BtfSectionEntry entry in section.Entries)
        {
            if (btf[entry.TypeId] is not (BtfVariable or BtfFunction)) throw new BtfException($"BTF: type {section.Id} is a data section with type {entry.TypeId} in it, which is neither a variable nor a function.");
        }
    }

    private static string Kind(BtfType type) => type.GetType().Name["Btf".Length..];
}
