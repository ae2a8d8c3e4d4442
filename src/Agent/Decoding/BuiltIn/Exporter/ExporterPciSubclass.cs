namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>pci_subclass</c>: the class in the upper byte, the subclass in the lower.</summary>
internal sealed class ExporterPciSubclass(IHost host) : ExporterPci(host)
{
    protected override string Name(long number)
    {
        var (deviceClass, subclass) = (number >> 8, (byte)number);
        if (deviceClass is < 0 or > byte.MaxValue || Host.PciClass((byte)deviceClass) is null)
            return $"unknown pci class: 0x{Hex(deviceClass, 2)}";
        return Host.PciSubclass((byte)deviceClass, subclass) ?? $"unknown pci subclass: 0x{Hex(subclass, 2)} (class 0x{Hex(deviceClass, 2)})";
    }
}
