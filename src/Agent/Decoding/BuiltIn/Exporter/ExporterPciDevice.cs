namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>pci_device</c>: the vendor in the upper half, the device in the lower; of eight hexadecimal digits, so that one of a vendor below 0x1000 is not found there.</summary>
internal sealed class ExporterPciDevice(IHost host) : ExporterPci(host)
{
    protected override string Name(long number) =>
        (number is >= 0x1000_0000 and <= uint.MaxValue ? Host.PciDevice((ushort)(number >> 16), (ushort)number) : null) ?? $"unknown pci device: 0x{Hex(number, 4)}";
}
