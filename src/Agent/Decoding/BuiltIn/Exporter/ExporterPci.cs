using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary>
/// What the decoders for PCI share: they look a number up in <c>pci.ids</c> by its hexadecimal digits, unpadded beyond a width, so that some numbers that are in the list are not found; and they say so
/// if there is no list.
/// </summary>
internal abstract class ExporterPci(IHost host) : ILabelStep
{
    // Intel, without which no list is one.
    private const ushort AlwaysListed = 0x8086;

    public bool AsksHost => true;

    protected IHost Host => host;

    public string Decode(in LabelInput input)
    {
        if (host.PciVendor(AlwaysListed) is null)
            return "missing pci.ids db";
        return Name(ExporterInput.Signed(input));
    }

    protected abstract string Name(long number);

    /// <summary>As Go's <c>%0Nx</c> writes it: the sign counts for the width.</summary>
    protected static string Hex(long number, int width) => number >= 0
        ? number.ToString($"x{width}", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"-{(ulong)-(Int128)number:x}");
}
