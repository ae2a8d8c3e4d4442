using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>majorminor</c>: a device by the first four bytes, in the form that the kernel gives to programs (<c>new_encode_dev</c>), and not in its own.</summary>
internal sealed class ExporterDevice(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var device = ExporterInput.First32(input);
        var (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00));
        return host.DeviceName(major, minor) ?? string.Create(CultureInfo.InvariantCulture, $"unknown:{major}:{minor}");
    }
}
