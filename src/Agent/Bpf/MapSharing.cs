namespace EbpfAgent.Bpf;

/// <summary>
/// Whether a map of a new version can be that of the version before: only if each byte in it means to the new programs what it meant to the old
/// ones. Pure.
/// </summary>
internal static class MapSharing
{
    // Maps of programs, maps, sockets or CPUs hold no counts and no state, and libbpf fills them in anew. A perf event array holds the buffers of the version that opened them.
    private static readonly HashSet<MapKind> Shareable =
    [
        MapKind.Hash, MapKind.Array, MapKind.PerCpuHash, MapKind.PerCpuArray, MapKind.StackTrace, MapKind.LruHash, MapKind.LruPerCpuHash, MapKind.PrefixTrie,
        MapKind.Queue, MapKind.Stack, MapKind.RingBuffer, MapKind.InodeStorage, MapKind.TaskStorage, MapKind.CgroupStorage,
    ];

    // Of the version: compiled into its programs, and set for its kernel.
    private static readonly string[] Constants = [".rodata", ".kconfig"];

    /// <summary>Whether two definitions are of the same map: data sections go by their section, since the rest of their name is the object's.</summary>
    public static bool IsSameMap(MapDefinition one, MapDefinition other) => one.Section == other.Section && (one.Section is not null || one.Name == other.Name);

    // libbpf's notes on where the USDT probes of one object's links stand, by numbers that it begins anew with each object.
    private const string ProbeNotes = "__bpf_usdt_";

    /// <summary>Whether a map is never handed over, since it holds what the version itself defines.</summary>
    public static bool IsConstant(MapDefinition map) => map.Section is { } section
        ? Constants.Any(constant => section.StartsWith(constant, StringComparison.Ordinal))
        : map.Name.StartsWith(ProbeNotes, StringComparison.Ordinal);

    /// <summary>Why the map can't be shared, as the rest of a sentence that begins with the map; null if it can.</summary>
    public static string? Obstacle(MapDefinition now, Btf types, MapDefinition before, Btf typesBefore)
    {
        if (now.Kind != before.Kind) return $"is {now.Kind.Name()}, and was {before.Kind.Name()}";
        if (!Shareable.Contains(now.Kind)) return $"is {now.Kind.Name()}, which is not handed over";
        if (now.MaxEntries != before.MaxEntries) return $"has max_entries {now.MaxEntries}, and had {before.MaxEntries}";
        if (now.Flags != before.Flags) return $"has flags 0x{now.Flags:x}, and had 0x{before.Flags:x}";
        if (now.Extra != before.Extra) return $"has map_extra 0x{now.Extra:x}, and had 0x{before.Extra:x}";
        return Layout("key", now.KeySize, now.KeyTypeId, types, before.KeySize, before.KeyTypeId, typesBefore)
            ?? (now.Section is { } section
                ? Sized("value", now.ValueSize, before.ValueSize) ?? SectionLayout.Difference(section, types, typesBefore)
                : Layout("value", now.ValueSize, now.ValueTypeId, types, before.ValueSize, before.ValueTypeId, typesBefore))
            ?? Meaning(now, before);
    }

    private static string? Layout(string what, int size, int type, Btf types, int sizeBefore, int typeBefore, Btf typesBefore)
    {
        if (Sized(what, size, sizeBefore) is { } sized) return sized;
        if (type == 0 && typeBefore == 0) return null;
        if (type == 0 || typeBefore == 0) return $"has a {what} whose type only one of the versions declares";
        return TypeDifference.Find(types, type, typesBefore, typeBefore) is { } difference ? $"has another {what}: {difference}" : null;
    }

    private static string? Sized(string what, int size, int sizeBefore) =>
        size == sizeBefore ? null : $"has a {what} of {size} bytes, and had one of {sizeBefore}";

    private static string? Meaning(MapDefinition now, MapDefinition before)
    {
        if (now.Meaning.Span.SequenceEqual(before.Meaning.Span)) return null;
        return now.Section is null ? "has another scheme of buckets" : "starts with other values";
    }
}
