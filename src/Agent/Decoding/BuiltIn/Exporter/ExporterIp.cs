using EbpfAgent.Decoding.BuiltIn.Steps;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>inet_ip</c>: an address in network order; as Go's <c>net.IP</c> has it, another number of bytes is <c>?</c> and their hexadecimal digits, and none at all <c>&lt;nil&gt;</c>.</summary>
internal sealed class ExporterIp : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        var bytes = ExporterInput.Bytes(input);
        return bytes.Length switch
        {
            0 => "<nil>",
            4 or 16 => IpStep.Format(bytes),
            _ => "?" + Convert.ToHexStringLower(bytes),
        };
    }
}
