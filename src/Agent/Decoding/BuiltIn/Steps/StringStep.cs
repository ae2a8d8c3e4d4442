using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>Bytes up to the first NUL, or all of them, as UTF-8; what is none becomes U+FFFD. A text stays as it is.</summary>
internal sealed class StringStep : ILabelStep
{
    public string Decode(in LabelInput input) => input.Text ?? Read(input.Bytes);

    public static string Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
