using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Jint;
using Jint.Native;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Makes a key's bytes a JavaScript value, by a plan that is compiled once: a reader for each field. Belongs to one engine; not for
/// concurrent calls.
/// </summary>
/// <remarks>
/// Integers of at most 32 bits are numbers, wider ones BigInts, since a number holds 53 bits. Members of C's anonymous structs and
/// unions are members of the object around them, as in C. Every arm of a union is there.
/// </remarks>
internal sealed class ScriptKey
{
    private delegate JsValue FieldReader(ReadOnlySpan<byte> bytes);

    private readonly Engine _engine;
    private readonly FieldReader _read;

    /// <exception cref="ArgumentException">Two fields have one name.</exception>
    public ScriptKey(Engine engine, KeyLayout layout)
    {
        _engine = engine;
        _read = Compile(layout.Root);
    }

    /// <summary>A new value; a script may change it without anyone noticing.</summary>
    public JsValue Read(ReadOnlySpan<byte> key) => _read(key);

    private FieldReader Compile(KeyField field)
    {
        var offset = field.Offset;
        if (field.BitSize != 0)
            return Bitfield(field);
        return (field.Kind, field.Size) switch
        {
            (KeyFieldKind.Struct or KeyFieldKind.Union, _) => CompileMembers(field),
            (KeyFieldKind.Array, _) => CompileArray(offset, field.Length, field.Element!),
            (KeyFieldKind.Chars, var size) => bytes => Text(bytes.Slice(offset, size)),
            (KeyFieldKind.Bytes, var size) => CompileBytes(offset, size),
            (KeyFieldKind.Bool, _) => bytes => bytes[offset] != 0 ? JsBoolean.True : JsBoolean.False,
            (KeyFieldKind.Float, 4) => bytes => JsNumber.Create(BinaryPrimitives.ReadSingleLittleEndian(bytes[offset..])),
            (KeyFieldKind.Float, _) => bytes => JsNumber.Create(BinaryPrimitives.ReadDoubleLittleEndian(bytes[offset..])),
            _ => Integer(offset, field.Size, field.IsSigned),
        };
    }

    private static FieldReader Integer(int offset, int size, bool isSigned) => (size, isSigned) switch
    {
        (1, false) => bytes => JsNumber.Create((int)bytes[offset]),
        (1, true) => bytes => JsNumber.Create((int)(sbyte)bytes[offset]),
        (2, false) => bytes => JsNumber.Create((int)BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..])),
        (2, true) => bytes => JsNumber.Create((int)BinaryPrimitives.ReadInt16LittleEndian(bytes[offset..])),
        (4, false) => bytes => JsNumber.Create((long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..])),
        (4, true) => bytes => JsNumber.Create(BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..])),
        (_, false) => bytes => new JsBigInt(new BigInteger(BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]))),
        (_, true) => bytes => new JsBigInt(new BigInteger(BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]))),
    };

    private static FieldReader Bitfield(KeyField field)
    {
        var (offset, size, shift, width) = (field.Offset, field.Size, field.BitOffset, field.BitSize);
        var sign = field.IsSigned ? Int128.One << (width - 1) : 0;
        return bytes =>
        {
            UInt128 value = 0;
            for (var i = size - 1; i >= 0; i--)
                value = (value << 8) | bytes[offset + i];
            var bits = (Int128)((value >> shift) & ((UInt128.One << width) - 1));
            bits = (bits ^ sign) - sign;
            return width <= 32 ? JsNumber.Create((long)bits) : new JsBigInt((BigInteger)bits);
        };
    }

    private FieldReader CompileMembers(KeyField field)
    {
        var named = Named(field).ToList();
        if (named.Count == 0)
            return _ => new JsObject(_engine);
        var layout = new JsObjectLayout([.. named.Select(member => member.Name)]);
        var readers = named.Select(Compile).ToArray();
        var values = new JsValue[readers.Length];
        return bytes =>
        {
            for (var i = 0; i < readers.Length; i++)
                values[i] = readers[i](bytes);
            return JsObject.Create(_engine, layout, values);
        };
    }

    private static IEnumerable<KeyField> Named(KeyField field) =>
        field.Members.SelectMany(member => member.Name.Length > 0 ? [member] : Named(member));

    private FieldReader CompileArray(int offset, int length, KeyField element)
    {
        var read = Compile(element);
        var size = element.Size;
        return bytes =>
        {
            var values = new JsValue[length];
            for (var i = 0; i < length; i++)
                values[i] = read(bytes.Slice(offset + (i * size), size));
            return new JsArray(_engine, values);
        };
    }

    private FieldReader CompileBytes(int offset, int size) => bytes =>
    {
        var values = new JsValue[size];
        for (var i = 0; i < size; i++)
            values[i] = JsNumber.Create((int)bytes[offset + i]);
        return new JsArray(_engine, values);
    };

    private static JsString Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return new JsString(Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]));
    }
}
