namespace EbpfAgent.Host;

/// <summary>The four kinds of PCI numbers as one number, so that one table holds all names.</summary>
internal static class PciNumber
{
    private const ulong Vendors = 1UL << 32;
    private const ulong Devices = 2UL << 32;
    private const ulong Classes = 3UL << 32;
    private const ulong Subclasses = 4UL << 32;

    public static ulong OfVendor(ulong vendor) => Vendors | vendor;

    public static ulong OfDevice(ulong vendor, ulong device) => Devices | (vendor << 16) | device;

    public static ulong OfClass(ulong deviceClass) => Classes | deviceClass;

    public static ulong OfSubclass(ulong deviceClass, ulong subclass) => Subclasses | (deviceClass << 8) | subclass;
}
