namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>pci_class</c>.</summary>
internal sealed class ExporterPciClass(IHost host) : ExporterPci(host)
{
    protected override string Name(long number) =>
        (number is >= 0 and <= byte.MaxValue ? Host.PciClass((byte)number) : null) ?? $"unknown pci class: 0x{Hex(number, 2)}";
}
