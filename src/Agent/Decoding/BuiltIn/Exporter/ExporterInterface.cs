using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>ifname</c>: an interface by the first four bytes.</summary>
internal sealed class ExporterInterface(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var index = ExporterInput.First32(input);
        return host.InterfaceName(index) ?? string.Create(CultureInfo.InvariantCulture, $"unknown:{index}");
    }
}
