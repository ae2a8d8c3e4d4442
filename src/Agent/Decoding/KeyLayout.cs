using System.Collections.Immutable;
using EbpfAgent.Bpf;

namespace EbpfAgent.Decoding;

/// <summary>
/// What lies where in a map's key: read from the object's BTF, or from the C# struct that mirrors it. Immutable; keeps names and
/// numbers only, never the type that it was read from, so it doesn't hold a plugin's load context.
/// </summary>
internal sealed class KeyLayout
{
    internal KeyLayout(KeyField root)
    {
        Root = root;
        Fields = [.. Leaves(root)];
        PaddingHoles = KeyPadding.Find(root);
    }

    /// <summary>The key itself: a struct with members, or a scalar or array without a name.</summary>
    public KeyField Root { get; }

    /// <summary>The key's size in bytes.</summary>
    public int Size => Root.Size;

    /// <summary>The type's name: <c>struct disk_key</c>, <c>DiskKey</c>.</summary>
    public string TypeName => Root.TypeName;

    /// <summary>The leaves in declared order; structs are opened, arrays and unions are leaves.</summary>
    public ImmutableArray<KeyField> Fields { get; }

    /// <summary>The bytes that belong to no field, in ascending order. What the kernel leaves in them tells equal keys apart.</summary>
    public ImmutableArray<(int Offset, int Length)> PaddingHoles { get; }

    /// <exception cref="BtfException">The type has no size, is too large for a key, or contradicts itself.</exception>
    public static KeyLayout FromBtf(Btf btf, int typeId) => new(BtfKeyReader.Read(btf, typeId));

    /// <summary>The managed layout of an unmanaged struct (or a primitive), which is what reads the key's bytes.</summary>
    /// <exception cref="ArgumentException">The type holds references, so no bytes can be read as it.</exception>
    public static KeyLayout FromClr(Type type) => new(ClrKeyReader.Read(type));

    /// <summary>
    /// The type of the part behind the bucket in the seed's packed key <c>{ u32 bucket; K sub_key }</c>, which always starts at offset 4;
    /// null where the key is not of this form.
    /// </summary>
    /// <exception cref="BtfException">The type contradicts itself.</exception>
    public static int? FindSubKey(Btf btf, int typeId)
    {
        const int bucketSize = sizeof(uint);
        if (btf.Resolve(typeId) is not BtfComposite { IsUnion: false, Members: [{ Name: "bucket", BitOffset: 0 } bucket, var subKey] } key)
            return null;
        var isBucket = btf.Resolve(bucket.TypeId) is BtfInt { Size: bucketSize, IsSigned: false };
        var isPacked = subKey is { BitOffset: bucketSize * 8, BitSize: 0 } && key.Size == (uint)btf.SizeOf(subKey.TypeId) + bucketSize;
        return isBucket && isPacked ? subKey.TypeId : null;
    }

    private static IEnumerable<KeyField> Leaves(KeyField field) =>
        field.Kind == KeyFieldKind.Struct ? field.Members.SelectMany(Leaves) : [field];
}
