using System.Globalization;
using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>
/// A domain name in DNS' wire format, lengths and labels, up to the root or the field's end; as zone files write it (RFC 4343), without the last dot. Compressed names point out of the field and
/// are refused.
/// </summary>
internal sealed class DnameStep : ILabelStep
{
    private const int MaxLabel = 63;

    public bool NeedsBytes => true;

    public string Decode(in LabelInput input)
    {
        var rest = input.Bytes;
        var text = new StringBuilder();
        while (!rest.IsEmpty && rest[0] != 0)
        {
            var length = rest[0];
            if (length > MaxLabel)
                throw new DecodeException($"a DNS label's length is {length}, above {MaxLabel}: the name is compressed, or is none");
            if (length >= rest.Length)
                throw new DecodeException($"a DNS label of {length} bytes has only {rest.Length - 1} left in the field: give the key's field room for the whole name");
            if (text.Length > 0)
                text.Append('.');
            Append(text, rest.Slice(1, length));
            rest = rest[(length + 1)..];
        }

        return text.Length == 0 ? "." : text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (var value in label)
        {
            if (value is (byte)'.' or (byte)'\\')
                text.Append('\\').Append((char)value);
            else if (value is > (byte)' ' and < 0x7f)
                text.Append((char)value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\{value:d3}");
        }
    }
}
