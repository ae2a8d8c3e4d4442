namespace EbpfAgent.Bpf;

/// <summary>A map as its object declares it.</summary>
/// <param name="Name">The map's name in the object.</param>
/// <param name="Kind">Its type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of one CPU's value.</param>
/// <param name="MaxEntries">The most entries it holds.</param>
/// <param name="KeyTypeId">The key's type in the object's BTF, 0 where it has none.</param>
/// <param name="ValueTypeId">The value's type in the object's BTF, 0 where it has none.</param>
internal sealed record MapDefinition(
    string Name, MapKind Kind, int KeySize, int ValueSize, uint MaxEntries, int KeyTypeId, int ValueTypeId)
{
    /// <summary>The distance between two CPUs' values: the value's size rounded up to 8 bytes.</summary>
    public int Stride => (ValueSize + 7) & ~7;

    /// <summary>Whether each possible CPU has a value of its own.</summary>
    public bool IsPerCpu => Kind is MapKind.PerCpuHash or MapKind.PerCpuArray or MapKind.LruPerCpuHash;
}
