namespace EbpfAgent.Bpf;

/// <summary>A map as its object declares it.</summary>
/// <param name="Name">The map's name in the object.</param>
/// <param name="Kind">Its type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of one CPU's value.</param>
/// <param name="MaxEntries">The most entries it holds.</param>
/// <param name="KeyTypeId">The key's type in the object's BTF, 0 where it has none; of a ring buffer, which has no keys, the type of its events.</param>
/// <param name="ValueTypeId">The value's type in the object's BTF, 0 where it has none.</param>
internal sealed record MapDefinition(
    string Name, MapKind Kind, int KeySize, int ValueSize, uint MaxEntries, int KeyTypeId, int ValueTypeId)
{
    /// <summary>The map's flags (<c>BPF_F_NO_PREALLOC</c>...).</summary>
    public uint Flags { get; init; }

    /// <summary>What some kinds of maps take beyond the rest (<c>map_extra</c>).</summary>
    public ulong Extra { get; init; }

    /// <summary>The data section that the map is (<c>.bss</c>, <c>.data.histograms</c>), or null for one that the author declared.</summary>
    public string? Section { get; init; }

    /// <summary>
    /// What has to be the same, beside the layout, for the contents to mean the same: a histogram's scheme, the values that a data section
    /// starts with.
    /// </summary>
    public ReadOnlyMemory<byte> Meaning { get; init; }

    /// <summary>The distance between two CPUs' values: the value's size rounded up to 8 bytes.</summary>
    public int Stride => (ValueSize + 7) & ~7;

    /// <summary>Whether each possible CPU has a value of its own.</summary>
    public bool IsPerCpu => Kind is MapKind.PerCpuHash or MapKind.PerCpuArray or MapKind.LruPerCpuHash;
}
