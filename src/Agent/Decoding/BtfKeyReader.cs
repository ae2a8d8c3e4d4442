using System.Collections.Immutable;
using EbpfAgent.Bpf;

namespace EbpfAgent.Decoding;

/// <summary>Reads a key's fields from BTF. The BTF is untrusted: sizes, offsets, depth and the number of fields are checked.</summary>
internal sealed class BtfKeyReader
{
    // Linux takes no key above 512 bytes (MAX_BPF_STACK) in most versions; far above it, a size is an error or an attack.
    private const int MaxKeySize = 4096;
    private const int MaxFields = 4096;

    // Linux takes no longer identifier (KSYM_NAME_LEN). Without a bound, a path in each of thousands of fields would multiply a name of a megabyte.
    private const int MaxName = 512;

    private readonly Btf _btf;

    // A key may have thousands of fields of one enum, and an enum 65,535 names.
    private Dictionary<int, ImmutableArray<EnumName>>? _enums;
    private int _fields;

    private BtfKeyReader(Btf btf) => _btf = btf;

    public static KeyField Read(Btf btf, int typeId)
    {
        var size = btf.SizeOf(typeId);
        if (size is 0 or > MaxKeySize)
            throw new BtfException($"BTF: {btf.DescribeType(typeId)} has {size} bytes; a map's key has 1 to {MaxKeySize}.");
        return new BtfKeyReader(btf).ReadField("", "", typeId, 0, Btf.MaxDepth);
    }

    private KeyField ReadField(string name, string path, int typeId, int offset, int depth)
    {
        if (depth == 0 || ++_fields > MaxFields)
        {
            throw new BtfException(
                $"BTF: {_btf.DescribeType(typeId)} is nested more than {Btf.MaxDepth} deep, "
                + $"or part of a key of more than {MaxFields} fields.");
        }

        var type = _btf.Resolve(typeId);
        var field = new KeyField
        {
            Name = name,
            Path = path,
            Offset = offset,
            Size = _btf.SizeOf(typeId),
            Kind = KeyFieldKind.Bytes,
            TypeName = Cut(_btf.DescribeType(typeId)),
            Typedefs = Typedefs(typeId),
        };
        return type switch
        {
            BtfInt integer => field with { Kind = IntKind(integer), IsSigned = integer.IsSigned },
            BtfEnum { Size: 1 or 2 or 4 or 8 } named => field with { Kind = KeyFieldKind.Enum, IsSigned = named.IsSigned, Enumerators = Names(named) },
            BtfEnum => field,
            BtfFloat real => field with { Kind = real.Size is 4 or 8 ? KeyFieldKind.Float : KeyFieldKind.Bytes },
            BtfPointer => field with { Kind = KeyFieldKind.Pointer },
            BtfArray array => ReadArray(field, array, depth),
            BtfComposite composite => field with
            {
                Kind = composite.IsUnion ? KeyFieldKind.Union : KeyFieldKind.Struct,
                Members = [.. composite.Members.Select(member => ReadMember(field, composite, member, depth))],
            },
            _ => throw new BtfException($"BTF: {field.TypeName} can't be part of a key."),
        };
    }

    /// <summary>The chain ends: the type was resolved before.</summary>
    private ImmutableArray<string> Typedefs(int typeId)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        for (var type = _btf[typeId]; ;)
        {
            if (type is BtfTypedef typedef)
            {
                names.Add(typedef.Name);
                type = _btf[typedef.TargetId];
            }
            else if (type is BtfModifier modifier)
                type = _btf[modifier.TargetId];
            else
                return names.ToImmutable();
        }
    }

    private ImmutableArray<EnumName> Names(BtfEnum type)
    {
        _enums ??= [];
        if (!_enums.TryGetValue(type.Id, out var names))
            _enums.Add(type.Id, names = [.. type.Enumerators.Select(static value => new EnumName(Cut(value.Name), value.Value))]);
        return names;
    }

    private KeyField ReadArray(KeyField field, BtfArray array, int depth)
    {
        if (IsChar(array.ElementId))
            return field with { Kind = KeyFieldKind.Chars, Length = field.Size };
        var element = ReadField("", "", array.ElementId, 0, depth - 1);

        // Elements of no size can be there in any number; a key can't hold anything in them.
        if (element.Size == 0)
            return field with { Kind = KeyFieldKind.Bytes };
        return field with { Kind = KeyFieldKind.Array, Element = element, Length = field.Size / element.Size };
    }

    private KeyField ReadMember(KeyField parent, BtfComposite composite, BtfMember member, int depth)
    {
        if (member.Name.Length > MaxName)
            throw new BtfException($"BTF: a member of {parent.TypeName} has a name of {member.Name.Length} characters; {MaxName} are the most.");
        var path = member.Name.Length == 0 ? parent.Path : parent.Path.Length == 0 ? member.Name : $"{parent.Path}.{member.Name}";
        if (member.BitSize == 0 && member.BitOffset % 8 == 0 && Fits(composite, member.BitOffset / 8, _btf.SizeOf(member.TypeId)))
            return ReadField(member.Name, path, member.TypeId, parent.Offset + (int)(member.BitOffset / 8), depth - 1);
        if (member.BitSize != 0 && _btf.Resolve(member.TypeId) is BtfInt or BtfEnum)
            return ReadBitfield(parent, composite, member, path, depth);
        throw Misplaced(parent, composite, member, path);
    }

    /// <summary>A bitfield is the bytes that its bits lie in, whatever the declared type: this holds in packed structs as well.</summary>
    private KeyField ReadBitfield(KeyField parent, BtfComposite composite, BtfMember member, string path, int depth)
    {
        var first = (int)member.BitOffset / 8;
        var last = (int)(member.BitOffset + member.BitSize + 7) / 8;
        var size = last - first;
        if (member.BitSize > 64 || last > composite.Size)
            throw Misplaced(parent, composite, member, path);
        var field = ReadField(member.Name, path, member.TypeId, parent.Offset + first, depth - 1);
        return field with { Size = size, BitOffset = (int)member.BitOffset % 8, BitSize = member.BitSize };
    }

    private static string Cut(string name) => name.Length <= MaxName ? name : name[..MaxName];

    private static BtfException Misplaced(KeyField parent, BtfComposite composite, BtfMember member, string path) =>
        new($"BTF: member '{path}' at bit {member.BitOffset} does not fit into the {composite.Size} bytes of {parent.TypeName}.");

    private static bool Fits(BtfComposite composite, uint offset, int size) => offset + (long)size <= composite.Size;

    /// <summary>clang says "signed" of a plain <c>char</c>; only the name tells it from a small integer.</summary>
    private bool IsChar(int typeId) =>
        _btf.Resolve(typeId) is BtfInt { Size: 1 } type && (type.Name == "char" || (type.Encoding & BtfIntEncoding.Char) != 0);

    private static KeyFieldKind IntKind(BtfInt type) => type switch
    {
        { Encoding: BtfIntEncoding.Bool, Size: 1 } => KeyFieldKind.Bool,
        { Size: not (1 or 2 or 4 or 8) } => KeyFieldKind.Bytes,
        { IsSigned: true } => KeyFieldKind.Signed,
        _ => KeyFieldKind.Unsigned,
    };
}
