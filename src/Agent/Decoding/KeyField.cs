using System.Collections.Immutable;

namespace EbpfAgent.Decoding;

/// <summary>How a key's field is read.</summary>
internal enum KeyFieldKind
{
    Unsigned,
    Signed,
    Bool,
    Enum,
    Float,
    Pointer,

    /// <summary>An array of C's <c>char</c>: text up to the NUL.</summary>
    Chars,

    /// <summary>Bytes without a known shape: an integer of 16 bytes, a system type.</summary>
    Bytes,
    Array,
    Struct,
    Union,
}

/// <summary>
/// One field of a key, and the fields in it. Immutable. Offsets and sizes are in bytes, counted from the start of the key, or
/// of the element for what lies in an array.
/// </summary>
internal sealed record KeyField
{
    /// <summary>The field's own name; empty for the key itself, an array's element, and C's anonymous structs and unions.</summary>
    public required string Name { get; init; }

    /// <summary>The names down to here: <c>sub_key.major</c>.</summary>
    public required string Path { get; init; }

    public required int Offset { get; init; }

    public required int Size { get; init; }

    public required KeyFieldKind Kind { get; init; }

    /// <summary>The type as its language writes it.</summary>
    public required string TypeName { get; init; }

    /// <summary>For integers and enums.</summary>
    public bool IsSigned { get; init; }

    /// <summary>A bitfield's first bit, counted from the lowest of the byte at <see cref="Offset"/>.</summary>
    public int BitOffset { get; init; }

    /// <summary>0 unless it is a bitfield.</summary>
    public int BitSize { get; init; }

    /// <summary>The typedefs that the field was declared through, outermost first: what a field is stands in one of <c>ebpf_agent/types.bpf.h</c>.</summary>
    public ImmutableArray<string> Typedefs { get; init; } = [];

    /// <summary>An enum's names, in the order of their declaration; empty for all other fields.</summary>
    public ImmutableArray<EnumName> Enumerators { get; init; } = [];

    /// <summary>An array's element, at offset 0.</summary>
    public KeyField? Element { get; init; }

    /// <summary>An array's length.</summary>
    public int Length { get; init; }

    /// <summary>A struct's or union's members, as declared.</summary>
    public ImmutableArray<KeyField> Members { get; init; } = [];

    public int End => Offset + Size;
}

/// <summary>A name of an enum; a value above 2^63 - 1 is the same 64 bits read as negative.</summary>
internal readonly record struct EnumName(string Name, long Value);
