using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary>What Go's functions make of a decoder's input.</summary>
internal static class ExporterInput
{
    /// <summary>The input as bytes: the field's, or a text's.</summary>
    public static ReadOnlySpan<byte> Bytes(in LabelInput input) => input.Text is { } text ? Encoding.UTF8.GetBytes(text) : input.Bytes;

    /// <summary>The input as a text: an earlier decoder's, or all bytes of the field, those behind a NUL too.</summary>
    public static string Text(in LabelInput input) => input.Text ?? Encoding.UTF8.GetString(input.Bytes);

    /// <summary>As <c>strconv.Atoi</c> reads it: decimal, with a sign or none.</summary>
    /// <exception cref="DecodeException">It is no number of 64 bits.</exception>
    public static long Signed(in LabelInput input)
    {
        var text = Text(input);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DecodeException($"\"{text}\" is no decimal number; the decoder uint makes one of bytes");
    }

    /// <summary>As <c>strconv.ParseUint</c> reads it: decimal digits.</summary>
    /// <exception cref="DecodeException">It is no number of 64 bits.</exception>
    public static ulong Unsigned(in LabelInput input)
    {
        var text = Text(input);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DecodeException($"\"{text}\" is no decimal number; the decoder uint makes one of bytes");
    }

    /// <summary>The first four bytes; what follows is not looked at.</summary>
    public static uint First32(in LabelInput input) => BinaryPrimitives.ReadUInt32LittleEndian(AtLeast(Bytes(input), sizeof(uint)));

    /// <summary>The first eight bytes; what follows is not looked at.</summary>
    public static ulong First64(in LabelInput input) => BinaryPrimitives.ReadUInt64LittleEndian(AtLeast(Bytes(input), sizeof(ulong)));

    private static ReadOnlySpan<byte> AtLeast(ReadOnlySpan<byte> bytes, int size) =>
        bytes.Length >= size ? bytes : throw new DecodeException($"{bytes.Length} bytes are too few; {size} are needed");
}
