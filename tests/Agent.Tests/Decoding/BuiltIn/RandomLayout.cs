using System.Collections.Immutable;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Layouts as BTF might describe them: structs, unions, arrays and scalars of any kind and width, with gaps, bitfields and typedefs.</summary>
internal sealed class RandomLayout(int seed)
{
    private static readonly string[] Typedefs = [.. LabelDecoders.Names.Select(static name => $"agent_{name}_t"), "agent_dev_t", "agent_ipv4_host_t", "agent_port_host_t", "agent_future_t", "", "x"];

    private static readonly KeyFieldKind[] Scalars =
        [KeyFieldKind.Unsigned, KeyFieldKind.Signed, KeyFieldKind.Bool, KeyFieldKind.Enum, KeyFieldKind.Float, KeyFieldKind.Pointer, KeyFieldKind.Chars, KeyFieldKind.Bytes];

    private readonly Random _random = new(seed);

    public KeyLayout Next()
    {
        KeyField root = Struct(Field("", "", 0), depth: 4);
        return new KeyLayout(root.Size == 0 ? root with { Size = 1 } : root);
    }

    private KeyField Any(string name, string path, int offset, int depth)
    {
        KeyField field = Field(name, path, offset);
        return (depth, _random.Next(8)) switch
        {
            ( > 0, 0) => Struct(field, depth),
            ( > 0, 1) => Array(field, depth),
            _ => Scalar(field),
        };
    }

    private KeyField Field(string name, string path, int offset) => new()
    {
        Name = name,
        Path = path,
        Offset = offset,
        Size = 0,
        Kind = KeyFieldKind.Bytes,
        TypeName = "type",
        Typedefs = _random.Next(3) == 0 ? [Typedefs[_random.Next(Typedefs.Length)]] : [],
    };

    /// <summary>Members at ascending offsets; those of a union overlap.</summary>
    private KeyField Struct(KeyField field, int depth)
    {
        var members = ImmutableArray.CreateBuilder<KeyField>();
        bool isUnion = _random.Next(4) == 0;
        int end = field.Offset, next = field.Offset;
        for (int i = _random.Next(8); i > 0; i--)
        {
            string name = _random.Next(10) switch { 0 => "", 1 => "le", 2 => "__pad", _ => $"f{_random.Next(100)}" };
            members.Add(Any(name, field.Path.Length == 0 ? name : $"{field.Path}.{name}", next + _random.Next(3), depth - 1));
            end = Math.Max(end, members[^1].End);
            if (!isUnion) next = members[^1].End;
        }

        return field with { Kind = isUnion ? KeyFieldKind.Union : KeyFieldKind.Struct, Size = end - field.Offset, Members = members.ToImmutable() };
    }

    private KeyField Array(KeyField field, int depth)
    {
        KeyField element = Any("", "", 0, depth - 1);
        int length = _random.Next(6);
        return element.Size == 0 ? field : field with { Kind = KeyFieldKind.Array, Size = length * element.Size, Element = element, Length = length };
    }

    private KeyField Scalar(KeyField field)
    {
        KeyFieldKind kind = Scalars[_random.Next(Scalars.Length)];
        int size = kind switch
        {
            KeyFieldKind.Chars or KeyFieldKind.Bytes => _random.Next(20),
            KeyFieldKind.Float => 4 << _random.Next(2),
            _ => 1 << _random.Next(4),
        };
        bool isBitfield = kind is KeyFieldKind.Unsigned or KeyFieldKind.Signed && _random.Next(3) == 0;
        int shift = isBitfield ? _random.Next(8) : 0;
        return field with
        {
            Kind = kind,
            Size = size,
            IsSigned = _random.Next(2) == 0,
            BitOffset = shift,
            BitSize = isBitfield ? 1 + _random.Next((size * 8) - shift) : 0,
            Enumerators = kind == KeyFieldKind.Enum ? [new EnumName("A", 0), new EnumName("B", _random.Next())] : [],
        };
    }
}
