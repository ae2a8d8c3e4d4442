using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EbpfAgent.Bpf.Loading;

/// <summary>The bytes of a value as a C variable of some type holds it. Pure.</summary>
internal static class ConstantValue
{
    private const double ExactlyWhole = 1L << 53;

    /// <summary>Encodes a value.</summary>
    /// <param name="types">The object's types.</param>
    /// <param name="type">The variable's.</param>
    /// <param name="value">A bool, any integer, a double or float, or a string.</param>
    /// <param name="obstacle">Why it doesn't fit, as the rest of a sentence; null if it does.</param>
    /// <returns>The variable's bytes, all of them; empty if it doesn't fit.</returns>
    /// <exception cref="BtfException">The types are broken.</exception>
    public static byte[] Encode(Btf types, int type, object value, out string? obstacle)
    {
        byte[] bytes = new byte[types.SizeOf(type)];
        obstacle = types.Resolve(type) switch
        {
            BtfInt { Encoding: var encoding } when encoding.HasFlag(BtfIntEncoding.Bool) => value is bool on ? Put(bytes, on ? 1 : 0) : $"takes true or false, not {Quote(value)}",
            BtfInt number => PutNumber(bytes, value, number.IsSigned),
            BtfEnum choice => PutChoice(bytes, value, choice),
            BtfFloat => PutFloat(bytes, value),
            BtfArray array when types.Resolve(array.ElementId) is BtfInt { Size: 1 } => PutText(bytes, value),
            // An address: of a kernel symbol, say.
            BtfPointer => value is ulong address ? Put(bytes, address) : "is a pointer, which can't be set",
            _ => "is of a type that can't be set; bools, integers, enums, floats and char arrays can",
        };
        return obstacle is null ? bytes : [];
    }

    private static string? PutNumber(byte[] bytes, object value, bool isSigned)
    {
        if (ToWhole(value) is not { } number) return $"takes a whole number, not {Quote(value)}";
        // Every value that can be given fits into the widest.
        int bits = Math.Min(bytes.Length * 8, 120);
        Int128 least = isSigned ? -(Int128.One << (bits - 1)) : 0, most = (Int128.One << (isSigned ? bits - 1 : bits)) - 1;
        return number < least || number > most ? string.Create(CultureInfo.InvariantCulture, $"takes {least} to {most}, not {number}") : Put(bytes, number);
    }

    private static string? PutChoice(byte[] bytes, object value, BtfEnum type)
    {
        if (value is not string name) return PutNumber(bytes, value, type.IsSigned);
        foreach (BtfEnumerator one in type.Enumerators)
        {
            if (one.Name == name) return Put(bytes, one.Value);
        }

        return $"has no '{name}'; it has: {string.Join(", ", type.Enumerators.Take(20).Select(static one => one.Name))}";
    }

    private static string? PutFloat(byte[] bytes, object value)
    {
        double? number = value is double or float ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : (double?)ToWhole(value);
        if (number is not { } given) return $"takes a number, not {Quote(value)}";
        if (bytes.Length == sizeof(float)) BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)given);
        else if (bytes.Length == sizeof(double)) BinaryPrimitives.WriteDoubleLittleEndian(bytes, given);
        else return $"is a float of {bytes.Length} bytes, which can't be set";
        return null;
    }

    // With its terminating zero: what reads it in the kernel may look for that.
    private static string? PutText(byte[] bytes, object value)
    {
        if (value is not string text) return $"takes a string, not {Quote(value)}";
        if (text.Contains('\0', StringComparison.Ordinal)) return "takes a string without NUL";
        int length = Encoding.UTF8.GetByteCount(text);
        if (length >= bytes.Length) return $"takes up to {bytes.Length - 1} bytes, and '{text}' has {length}";
        Encoding.UTF8.GetBytes(text, bytes);
        return null;
    }

    private static string? Put(byte[] bytes, Int128 number)
    {
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(number >> (8 * i) & 0xff);
        return null;
    }

    private static Int128? ToWhole(object value) => value switch
    {
        sbyte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        byte or ushort or uint or ulong => Convert.ToUInt64(value, CultureInfo.InvariantCulture),
        // How JSON may spell one; beyond this, neighbours are the same double.
        double number when double.IsInteger(number) && Math.Abs(number) <= ExactlyWhole => (Int128)number,
        _ => null,
    };

    private static string Quote(object value) => value is string text ? $"'{text}'" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";
}
