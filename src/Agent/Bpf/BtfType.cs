using System.Collections.Immutable;

namespace EbpfAgent.Bpf;

/// <summary>
/// One type of a BPF object's BTF. Immutable. Type ids in it refer to the <see cref="Btf"/> that it came from; they come from
/// the file and may be out of range, which <see cref="Btf.this"/> refuses.
/// </summary>
/// <param name="Id">Its id, from 1; 0 is void.</param>
/// <param name="Name">Its name, or empty where C has none (anonymous structs, pointers, arrays).</param>
internal abstract record BtfType(int Id, string Name);

/// <summary>Type 0.</summary>
internal sealed record BtfVoid() : BtfType(0, "void");

/// <summary>How an integer is to be read. clang marks <c>char</c> as signed, never as a character.</summary>
[Flags]
internal enum BtfIntEncoding
{
    Unsigned = 0,
    Signed = 1,
    Char = 2,
    Bool = 4,
}

/// <summary>
/// An integer of <paramref name="Size"/> bytes, of which <paramref name="Bits"/> bits count, from <paramref name="BitOffset"/> on.
/// </summary>
internal sealed record BtfInt(int Id, string Name, uint Size, BtfIntEncoding Encoding, byte BitOffset, byte Bits) : BtfType(Id, Name)
{
    public bool IsSigned => (Encoding & BtfIntEncoding.Signed) != 0;
}

/// <summary>A floating-point number of <paramref name="Size"/> bytes.</summary>
internal sealed record BtfFloat(int Id, string Name, uint Size) : BtfType(Id, Name);

/// <summary>A pointer, 8 bytes wide in every BPF object.</summary>
internal sealed record BtfPointer(int Id, int TargetId) : BtfType(Id, "");

/// <summary>An array of <paramref name="Length"/> elements.</summary>
internal sealed record BtfArray(int Id, int ElementId, int IndexId, uint Length) : BtfType(Id, "");

/// <summary>A struct or, with all members at offset 0, a union.</summary>
internal sealed record BtfComposite(int Id, string Name, bool IsUnion, uint Size, ImmutableArray<BtfMember> Members) : BtfType(Id, Name);

/// <summary>A member of a struct or union; <paramref name="BitSize"/> is 0 unless it is a bitfield. The offset is in bits.</summary>
internal readonly record struct BtfMember(string Name, int TypeId, uint BitOffset, byte BitSize);

/// <summary>An enum of <paramref name="Size"/> bytes (BTF's kinds enum and enum64).</summary>
internal sealed record BtfEnum(int Id, string Name, uint Size, bool IsSigned, ImmutableArray<BtfEnumerator> Enumerators)
    : BtfType(Id, Name);

/// <summary>A named value; an unsigned one above 2^63-1 is the same 64 bits read as negative.</summary>
internal readonly record struct BtfEnumerator(string Name, long Value);

/// <summary>A struct or union that is declared and not defined: it has no size.</summary>
internal sealed record BtfForward(int Id, string Name, bool IsUnion) : BtfType(Id, Name);

/// <summary>Another name for a type.</summary>
internal sealed record BtfTypedef(int Id, string Name, int TargetId) : BtfType(Id, Name);

/// <summary>const, volatile, restrict or a type tag (whose text is the name); none changes a layout.</summary>
internal sealed record BtfModifier(int Id, string Name, BtfModifierKind Kind, int TargetId) : BtfType(Id, Name);

internal enum BtfModifierKind
{
    Const,
    Volatile,
    Restrict,
    TypeTag,
}

/// <summary>A function (a program or a subprogram) with its prototype.</summary>
internal sealed record BtfFunction(int Id, string Name, int PrototypeId) : BtfType(Id, Name);

/// <summary>What a function takes and returns.</summary>
internal sealed record BtfFunctionPrototype(int Id, int ReturnId, ImmutableArray<BtfParameter> Parameters) : BtfType(Id, "");

internal readonly record struct BtfParameter(string Name, int TypeId);

/// <summary>A global variable, and so every map's definition.</summary>
internal sealed record BtfVariable(int Id, string Name, int TypeId) : BtfType(Id, Name);

/// <summary>An ELF section with data, such as <c>.maps</c> or <c>.rodata</c>.</summary>
internal sealed record BtfDataSection(int Id, string Name, uint Size, ImmutableArray<BtfSectionEntry> Entries) : BtfType(Id, Name);

/// <summary>Where a section holds a variable or function; offsets are 0 until libbpf has filled them in.</summary>
internal readonly record struct BtfSectionEntry(int TypeId, uint Offset, uint Size);

/// <summary>
/// The text of a <c>btf_decl_tag</c> (its name) on a type, or on its member or parameter <paramref name="Component"/>, if not -1.
/// </summary>
internal sealed record BtfDeclTag(int Id, string Name, int TargetId, int Component) : BtfType(Id, Name);

/// <summary>A variable of a section, with its own type (not the id of the variable).</summary>
internal readonly record struct BtfSectionVariable(string Name, int TypeId, uint Offset, uint Size);
