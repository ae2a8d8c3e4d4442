using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding;

/// <summary>
/// A key's fields for a person to look at: names as a script sees them, values as the kernel means them. Every arm of a union is there, since nothing says which one is meant. Pure.
/// </summary>
internal static class KeyDump
{
    /// <summary>The fields in declared order: each with its path (<c>dev.major</c>, <c>pair[1].a</c>; <c>key</c> for a key that is no struct) and its value.</summary>
    /// <param name="layout">What lies where.</param>
    /// <param name="key">At least <see cref="KeyLayout.Size"/> bytes.</param>
    /// <exception cref="DecodeException">The key is too short.</exception>
    public static IReadOnlyList<(string Path, string Value)> Read(KeyLayout layout, ReadOnlySpan<byte> key)
    {
        if (key.Length < layout.Size)
            throw new DecodeException($"the key has {key.Length} bytes, and {layout.TypeName} has {layout.Size}");
        var rows = new List<(string, string)>();
        Add(rows, layout.Root, "", key);
        return rows;
    }

    private static void Add(List<(string Path, string Value)> rows, KeyField field, string path, ReadOnlySpan<byte> bytes)
    {
        if (IsComposite(field))
        {
            foreach (var member in field.Members)
                Add(rows, member, Join(path, member.Name), bytes);
        }
        else if (field.Element is { } element && Innermost(element) is { } item && IsComposite(item))
        {
            for (var i = 0; i < field.Length; i++)
                Add(rows, element, $"{path}[{i}]", bytes.Slice(field.Offset + (i * element.Size), element.Size));
        }
        else
        {
            rows.Add((path.Length > 0 ? path : "key", Value(field, bytes)));
        }
    }

    private static bool IsComposite(KeyField field) => field.Kind is KeyFieldKind.Struct or KeyFieldKind.Union;

    private static KeyField Innermost(KeyField field) => field.Element is { } element ? Innermost(element) : field;

    private static string Join(string path, string name) => path.Length == 0 || name.Length == 0 ? path + name : $"{path}.{name}";

    private static string Value(KeyField field, ReadOnlySpan<byte> bytes)
    {
        var own = bytes.Slice(field.Offset, field.Size);
        return field switch
        {
            { BitSize: > 0 } => Number(field, Bits(field, own)),
            { Kind: KeyFieldKind.Array } => Items(field, own),
            { Kind: KeyFieldKind.Chars } => Text(own),
            { Kind: KeyFieldKind.Bytes } => Convert.ToHexStringLower(own),
            { Kind: KeyFieldKind.Float, Size: sizeof(float) } => BinaryPrimitives.ReadSingleLittleEndian(own).ToString(CultureInfo.InvariantCulture),
            { Kind: KeyFieldKind.Float } => BinaryPrimitives.ReadDoubleLittleEndian(own).ToString(CultureInfo.InvariantCulture),
            _ => Number(field, Bits(field with { BitSize = field.Size * 8 }, own)),
        };
    }

    private static Int128 Bits(KeyField field, ReadOnlySpan<byte> own)
    {
        UInt128 value = 0;
        for (var i = own.Length - 1; i >= 0; i--)
            value = (value << 8) | own[i];
        var bits = (Int128)((value >> field.BitOffset) & ((UInt128.One << field.BitSize) - 1));
        var sign = field.IsSigned ? Int128.One << (field.BitSize - 1) : 0;
        return (bits ^ sign) - sign;
    }

    private static string Number(KeyField field, Int128 value) => field.Kind switch
    {
        KeyFieldKind.Bool => value == 0 ? "false" : "true",
        KeyFieldKind.Pointer => $"0x{value:x}",
        KeyFieldKind.Enum when NameOf(field, value) is { } name => $"{value} ({name})",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string? NameOf(KeyField field, Int128 value)
    {
        foreach (var enumerator in field.Enumerators)
        {
            if (enumerator.Value == value || (!field.IsSigned && unchecked((ulong)enumerator.Value) == value))
                return enumerator.Name;
        }

        return null;
    }

    private static string Items(KeyField field, ReadOnlySpan<byte> own)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < field.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(Value(field.Element!, own.Slice(i * field.Element!.Size, field.Element.Size)));
        return text.Append(']').ToString();
    }

    private static string Text(ReadOnlySpan<byte> own)
    {
        var end = own.IndexOf((byte)0);
        var text = new StringBuilder("\"");
        foreach (var letter in Encoding.UTF8.GetString(end < 0 ? own : own[..end]))
            text.Append(letter is '"' or '\\' ? $@"\{letter}" : char.IsControl(letter) ? $@"\x{(int)letter:x2}" : letter.ToString());
        return text.Append('"').ToString();
    }
}
