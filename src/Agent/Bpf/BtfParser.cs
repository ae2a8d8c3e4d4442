using System.Collections.Immutable;

namespace EbpfAgent.Bpf;

/// <summary>
/// Turns the type section into records, in order. Kinds and layouts: <c>include/uapi/linux/btf.h</c>, up to kind 19 (Linux 6.0).
/// </summary>
internal static class BtfParser
{
    private delegate T ItemReader<out T>(ref BtfReader reader);

    public static ImmutableArray<BtfType> Parse(ReadOnlySpan<byte> raw)
    {
        var reader = new BtfReader(raw);
        var types = ImmutableArray.CreateBuilder<BtfType>();
        types.Add(new BtfVoid());
        while (!reader.AtEnd)
            types.Add(ReadType(ref reader, types.Count));
        return types.ToImmutable();
    }

    private static BtfType ReadType(ref BtfReader reader, int id)
    {
        var at = reader.Position;
        var name = reader.ReadName();
        var info = reader.ReadUInt32();
        var count = (int)(info & 0xffff);
        var flag = info >> 31 != 0;
        return ((info >> 24) & 0x1f) switch
        {
            1 => ReadInt(ref reader, id, name),
            2 => new BtfPointer(id, reader.ReadId()),
            3 => ReadArray(ref reader, id),
            4 => ReadComposite(ref reader, id, name, isUnion: false, count, flag),
            5 => ReadComposite(ref reader, id, name, isUnion: true, count, flag),
            6 => ReadEnum(ref reader, id, name, count, flag),
            7 => ReadForward(ref reader, id, name, flag),
            8 => new BtfTypedef(id, name, reader.ReadId()),
            9 => new BtfModifier(id, name, BtfModifierKind.Volatile, reader.ReadId()),
            10 => new BtfModifier(id, name, BtfModifierKind.Const, reader.ReadId()),
            11 => new BtfModifier(id, name, BtfModifierKind.Restrict, reader.ReadId()),
            12 => new BtfFunction(id, name, reader.ReadId()),
            13 => new BtfFunctionPrototype(id, reader.ReadId(), ReadMany(ref reader, count, 8, ReadParameter)),
            14 => ReadVariable(ref reader, id, name),
            15 => new BtfDataSection(id, name, reader.ReadUInt32(), ReadMany(ref reader, count, 12, ReadSectionEntry)),
            16 => new BtfFloat(id, name, reader.ReadUInt32()),
            17 => new BtfDeclTag(id, name, reader.ReadId(), (int)reader.ReadUInt32()),
            18 => new BtfModifier(id, name, BtfModifierKind.TypeTag, reader.ReadId()),
            19 => new BtfEnum(id, name, reader.ReadUInt32(), flag, ReadMany(ref reader, count, 12, ReadEnumerator64)),
            var kind => throw new BtfException(
                $"BTF: type {id} at offset {at} of the type section is of kind {kind}; this agent knows 1 to 19."),
        };
    }

    private static BtfInt ReadInt(ref BtfReader reader, int id, string name)
    {
        var size = reader.ReadUInt32();
        var data = reader.ReadUInt32();
        return new BtfInt(id, name, size, (BtfIntEncoding)((data >> 24) & 0x0f), (byte)(data >> 16), (byte)data);
    }

    private static BtfArray ReadArray(ref BtfReader reader, int id)
    {
        reader.ReadUInt32();
        return new BtfArray(id, reader.ReadId(), reader.ReadId(), reader.ReadUInt32());
    }

    private static BtfForward ReadForward(ref BtfReader reader, int id, string name, bool isUnion)
    {
        reader.ReadUInt32();
        return new BtfForward(id, name, isUnion);
    }

    private static BtfVariable ReadVariable(ref BtfReader reader, int id, string name)
    {
        var type = reader.ReadId();
        reader.ReadUInt32();
        return new BtfVariable(id, name, type);
    }

    private static BtfComposite ReadComposite(ref BtfReader reader, int id, string name, bool isUnion, int count, bool hasBitfields)
    {
        var size = reader.ReadUInt32();
        ItemReader<BtfMember> read = hasBitfields ? ReadBitfieldMember : ReadMember;
        return new BtfComposite(id, name, isUnion, size, ReadMany(ref reader, count, 12, read));
    }

    /// <summary>
    /// clang says whether an enum is signed since version 15 only. Before, values just below 0 (-1, an errno) are what tells; a single
    /// bit 31 is a flag.
    /// </summary>
    private static BtfEnum ReadEnum(ref BtfReader reader, int id, string name, int count, bool flag)
    {
        const long smallestErrno = -4095;
        var size = reader.ReadUInt32();
        var values = ReadMany(ref reader, count, 8, ReadEnumerator);
        var isSigned = flag || values.Any(value => value.Value is < 0 and >= smallestErrno);
        return new BtfEnum(id, name, size, isSigned, isSigned ? values : [.. values.Select(Unsigned)]);
    }

    private static ImmutableArray<T> ReadMany<T>(ref BtfReader reader, int count, int size, ItemReader<T> read)
    {
        reader.Require((long)count * size);
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++)
            items.Add(read(ref reader));
        return items.MoveToImmutable();
    }

    private static BtfMember ReadMember(ref BtfReader reader) => new(reader.ReadName(), reader.ReadId(), reader.ReadUInt32(), 0);

    private static BtfMember ReadBitfieldMember(ref BtfReader reader)
    {
        var member = ReadMember(ref reader);
        return member with { BitOffset = member.BitOffset & 0xffffff, BitSize = (byte)(member.BitOffset >> 24) };
    }

    private static BtfEnumerator Unsigned(BtfEnumerator value) => value with { Value = (uint)value.Value };

    private static BtfEnumerator ReadEnumerator(ref BtfReader reader) => new(reader.ReadName(), (int)reader.ReadUInt32());

    private static BtfEnumerator ReadEnumerator64(ref BtfReader reader)
    {
        var name = reader.ReadName();
        ulong low = reader.ReadUInt32();
        return new BtfEnumerator(name, (long)(low | ((ulong)reader.ReadUInt32() << 32)));
    }

    private static BtfParameter ReadParameter(ref BtfReader reader) => new(reader.ReadName(), reader.ReadId());

    private static BtfSectionEntry ReadSectionEntry(ref BtfReader reader) => new(reader.ReadId(), reader.ReadUInt32(), reader.ReadUInt32());
}
