using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A block device's name, by the number that the kernel itself uses, <c>major &lt;&lt; 20 | minor</c>. What <c>stat</c> gives to programs is laid out otherwise.</summary>
internal sealed class DeviceStep(IHost host) : ILabelStep
{
    private const int MinorBits = 20;
    private const uint MinorMask = (1 << MinorBits) - 1;

    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input, isSigned: false);
        if (number < 0 || number >> MinorBits > uint.MaxValue)
            return Unknown.Number(number);
        var (major, minor) = ((uint)(number >> MinorBits), (uint)(number & MinorMask));
        return host.DeviceName(major, minor) ?? Unknown.Text(string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}"));
    }
}
