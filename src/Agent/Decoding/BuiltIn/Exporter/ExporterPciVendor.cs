namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>pci_vendor</c>: of four hexadecimal digits; a vendor below 0x1000 is not found there.</summary>
internal sealed class ExporterPciVendor(IHost host) : ExporterPci(host)
{
    protected override string Name(long number) =>
        (number is >= 0x1000 and <= ushort.MaxValue ? Host.PciVendor((ushort)number) : null) ?? $"unknown pci vendor: 0x{Hex(number, 2)}";
}
