using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// The number that a step is given: 1 to 8 bytes, little endian, or a bitfield's bits; or what an earlier step wrote, decimal or with <c>0x</c>. Exact in 64 bits, signed or not.
/// </summary>
internal static class StepNumber
{
    private const int MaxBytes = sizeof(ulong);

    /// <summary>With the sign that BTF declares; without one where BTF says nothing.</summary>
    /// <exception cref="DecodeException">It is none.</exception>
    public static Int128 Read(in LabelInput input) => Read(input, input.Field?.IsSigned == true);

    /// <exception cref="DecodeException">It is none.</exception>
    public static Int128 Read(in LabelInput input, bool isSigned)
    {
        if (input.Text is { } text)
            return TryParse(text) ?? throw new DecodeException($"\"{text}\" is no number of 64 bits, decimal or with 0x");
        if (input.Field is { BitSize: > 0 } field)
            return Bits(input.Bytes, field.BitOffset, field.BitSize, isSigned);
        if (input.Bytes.Length is 0 or > MaxBytes)
            throw new DecodeException($"{input.Bytes.Length} bytes are no number; 1 to {MaxBytes} are");
        return Bits(input.Bytes, 0, input.Bytes.Length * 8, isSigned);
    }

    /// <summary>The number that a text is, or null.</summary>
    public static Int128? TryParse(ReadOnlySpan<char> text)
    {
        var isNegative = text.StartsWith('-');
        var digits = isNegative ? text[1..] : text;
        var parsed = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return !parsed || (isNegative && value > 1UL << 63) ? null : isNegative ? -(Int128)value : value;
    }

    /// <summary>Nine bytes can hold 64 bits that begin within the first.</summary>
    private static Int128 Bits(ReadOnlySpan<byte> bytes, int shift, int width, bool isSigned)
    {
        UInt128 value = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        var bits = (Int128)((value >> shift) & ((UInt128.One << width) - 1));
        var sign = isSigned ? Int128.One << (width - 1) : 0;
        return (bits ^ sign) - sign;
    }
}
