using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary>
/// <c>dname</c>: each length becomes a dot, but for the first. What is no such name is left as it is, and none at all is the root. It follows <c>string</c>, which cuts the
/// name at its end.
/// </summary>
internal sealed class ExporterDname : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        var bytes = ExporterInput.Bytes(input);
        if (bytes.IsEmpty)
            return ".";
        var name = bytes.ToArray();
        for (var at = 0; at < bytes.Length; at += 1 + bytes[at])
        {
            if (at + 1 + bytes[at] > bytes.Length)
                return Encoding.UTF8.GetString(bytes);
            name[at] = (byte)'.';
        }

        return Encoding.UTF8.GetString(name.AsSpan(1));
    }
}
