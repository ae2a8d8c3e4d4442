namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>hex</c>: the bytes in their order, without <c>0x</c>.</summary>
internal sealed class ExporterHex : ILabelStep
{
    public string Decode(in LabelInput input) => Convert.ToHexStringLower(ExporterInput.Bytes(input));
}
