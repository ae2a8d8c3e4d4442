using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A name out of the host's <c>pci.ids</c>, by a number of one or two parts; an unknown one is shown in hexadecimal, as everyone writes them.</summary>
/// <param name="bits">The width of the whole number; beyond it there is no name.</param>
/// <param name="name">The host's name, or null.</param>
/// <param name="write">The number as people write it.</param>
internal sealed class PciStep(int bits, Func<uint, string?> name, Func<uint, string> write) : ILabelStep
{
    public bool AsksHost => true;

    public static PciStep Vendor(IHost host) => new(16, number => host.PciVendor((ushort)number), static number => Hex(number, 4));

    public static PciStep Device(IHost host) =>
        new(32, number => host.PciDevice((ushort)(number >> 16), (ushort)number), static number => $"{Hex(number >> 16, 4)}:{Hex(number & 0xffff, 4)}");

    public static PciStep Class(IHost host) => new(8, number => host.PciClass((byte)number), static number => Hex(number, 2));

    public static PciStep Subclass(IHost host) => new(16, number => host.PciSubclass((byte)(number >> 8), (byte)number), static number => Hex(number, 4));

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input, isSigned: false);
        if (number < 0 || number >> bits != 0)
            return Unknown.Number(number);
        return name((uint)number) ?? Unknown.Text(write((uint)number));
    }

    private static string Hex(uint number, int digits) => number.ToString($"x{digits}", CultureInfo.InvariantCulture);
}
