using EbpfAgent.Decoding.BuiltIn.Steps;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>string</c>: up to the first NUL.</summary>
internal sealed class ExporterString : ILabelStep
{
    public string Decode(in LabelInput input) => StringStep.Read(ExporterInput.Bytes(input));
}
