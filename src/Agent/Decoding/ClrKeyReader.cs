using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace EbpfAgent.Decoding;

/// <summary>
/// Reads the fields of a C# struct. Offsets are the managed ones, found by experiment: they, not the marshaller's (which
/// gives <c>bool</c> four bytes and <c>char</c> one), are what <c>MemoryMarshal.Read</c> goes by. Keeps nothing static, so
/// a plugin's type is free to be unloaded.
/// </summary>
internal static class ClrKeyReader
{
    public static KeyField Read(Type type) => IsUnmanaged(type)
        ? ReadField("", "", type, 0)
        : throw new ArgumentException($"{type} is not an unmanaged struct: a map's key has no references in it.", nameof(type));

    private static KeyField ReadField(string name, string path, Type type, int offset)
    {
        var field = new KeyField
        {
            Name = name,
            Path = path,
            Offset = offset,
            Size = ClrBytes.SizeOf(type),
            Kind = ScalarKind(type),
            TypeName = TypeNameOf(type),
            IsSigned = IsSigned(type.IsEnum ? type.GetEnumUnderlyingType() : type),
        };
        if (field.Kind != KeyFieldKind.Struct)
            return field;
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } inline)
            return ReadArray(field, InstanceFields(type)[0].FieldType, inline.Length);
        var members = InstanceFields(type).Select(member => ReadMember(field, type, member)).OrderBy(member => member.Offset).ToList();
        return field with { Members = MergeOverlaps(members) };
    }

    private static KeyField ReadMember(KeyField parent, Type type, FieldInfo member)
    {
        var name = SourceName(member.Name);
        var path = parent.Path.Length == 0 ? name : $"{parent.Path}.{name}";
        var offset = parent.Offset + ClrBytes.OffsetOf(type, member);
        var field = ReadField(name, path, member.FieldType, offset);
        var buffer = member.GetCustomAttribute<FixedBufferAttribute>();
        return buffer is null ? field : ReadArray(field, buffer.ElementType, buffer.Length);
    }

    private static KeyField ReadArray(KeyField field, Type elementType, int length)
    {
        var element = ReadField("", "", elementType, 0);
        var name = $"{element.TypeName}[{length}]";
        return field with { Kind = KeyFieldKind.Array, TypeName = name, Element = element, Length = length, Members = [] };
    }

    /// <summary>Fields that share bytes (explicit layout) are one union.</summary>
    private static ImmutableArray<KeyField> MergeOverlaps(List<KeyField> members)
    {
        var merged = ImmutableArray.CreateBuilder<KeyField>();
        foreach (var member in members)
        {
            if (merged.Count > 0 && member.Offset < merged[^1].End)
                merged[^1] = Union(merged[^1], member);
            else
                merged.Add(member);
        }

        return merged.ToImmutable();
    }

    private static KeyField Union(KeyField one, KeyField other)
    {
        ImmutableArray<KeyField> arms = one is { Kind: KeyFieldKind.Union, TypeName: "union" } ? one.Members.Add(other) : [one, other];
        return new KeyField
        {
            Name = string.Join('|', arms.Select(arm => arm.Name)),
            Path = string.Join('|', arms.Select(arm => arm.Path)),
            Offset = one.Offset,
            Size = Math.Max(one.End, other.End) - one.Offset,
            Kind = KeyFieldKind.Union,
            TypeName = "union",
            Members = arms,
        };
    }

    private static FieldInfo[] InstanceFields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static bool IsUnmanaged(Type type) =>
        type.IsValueType && !type.ContainsGenericParameters && !type.IsByRefLike && !ClrBytes.HasReferences(type);

    /// <summary>What the author wrote: <c>Major</c> of <c>&lt;Major&gt;k__BackingField</c>.</summary>
    private static string SourceName(string name)
    {
        var end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : name;
    }

    private static KeyFieldKind ScalarKind(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer)
            return KeyFieldKind.Pointer;
        if (type.IsEnum)
            return KeyFieldKind.Enum;
        if (type == typeof(bool))
            return KeyFieldKind.Bool;
        if (type == typeof(float) || type == typeof(double))
            return KeyFieldKind.Float;
        if (type.IsPrimitive)
            return IsSigned(type) ? KeyFieldKind.Signed : KeyFieldKind.Unsigned;

        // Guid, Int128 and the like: their bytes are their own affair.
        return type.Assembly == typeof(object).Assembly ? KeyFieldKind.Bytes : KeyFieldKind.Struct;
    }

    private static bool IsSigned(Type type) =>
        type == typeof(sbyte) || type == typeof(short) || type == typeof(int) || type == typeof(long) || type == typeof(nint);

    private static string TypeNameOf(Type type) => Type.GetTypeCode(type.IsEnum ? null : type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Byte => "byte",
        TypeCode.SByte => "sbyte",
        TypeCode.Int16 => "short",
        TypeCode.UInt16 => "ushort",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "long",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        TypeCode.Char => "char",
        _ => type.Name,
    };
}
