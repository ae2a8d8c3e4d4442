using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>An IP address of 4 or 16 bytes; an IPv4 address that is mapped into IPv6 is shown as IPv4.</summary>
/// <param name="isHostOrder">Whether the address is a number in the machine's own order, which only IPv4 addresses are.</param>
internal sealed class IpStep(bool isHostOrder) : ILabelStep
{
    public bool NeedsBytes => true;

    public string Decode(in LabelInput input) => input.Bytes.Length switch
    {
        4 when isHostOrder => Version4(BinaryPrimitives.ReadUInt32LittleEndian(input.Bytes)),
        4 or 16 when !isHostOrder => Format(input.Bytes),
        16 => throw new DecodeException("16 bytes are an IPv6 address, which is always in network order: leave out \"order\""),
        var size => throw new DecodeException($"{size} bytes are no IP address; 4 or 16 are"),
    };

    /// <summary>4 or 16 bytes in network order, as RFC 5952 writes them.</summary>
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
        if (bytes.Length == 4)
            return Version4(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return bytes.StartsWith(mapped) ? Format(bytes[mapped.Length..]) : Version6(bytes);
    }

    private static string Version4(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    /// <summary>The framework writes some ranges with an embedded IPv4 address, which the RFC does not.</summary>
    private static string Version6(ReadOnlySpan<byte> bytes)
    {
        var (start, length) = LongestZeros(bytes);
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append("::");
                i += length - 1;
                continue;
            }

            if (i > 0 && i != start + length)
                text.Append(':');
            text.Append(CultureInfo.InvariantCulture, $"{Group(bytes, i):x}");
        }

        return text.ToString();
    }

    /// <summary>The first of the longest runs of at least two zero groups; none begins at -1, beyond the reach of any length.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> bytes)
    {
        var (start, length) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var end = i;
            while (end < 8 && Group(bytes, end) == 0)
                end++;
            if (end - i > length)
                (start, length) = (i, end - i);
        }

        return (start, length);
    }

    private static ushort Group(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * index)..]);
}
