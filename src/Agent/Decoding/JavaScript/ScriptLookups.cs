namespace EbpfAgent.Decoding.JavaScript;

/// <summary>The functions of <c>host</c> that ask the machine: they give null for what it doesn't know, and what they gave may be otherwise later.</summary>
internal static class ScriptLookups
{
    private const string UInt32 = "a whole number from 0 to 4294967295";
    private const string UInt64 = "a BigInt or whole number from 0 to 18446744073709551615n";

    public static IEnumerable<HostFunction> Create(IHost host) =>
    [
        Of("device(major, minor)", "two whole numbers from 0 to 4294967295", given => host.DeviceName(given.UInt32(0), given.UInt32(1))),
        Of("ksym(address)", UInt64, given => host.KernelSymbol(given.Number(0, ulong.MaxValue))),
        Of("usym(pid, address)", $"{UInt32}, and {UInt64}", given => host.UserSymbol(given.UInt32(0), given.Number(1, ulong.MaxValue))),
        Of("ifname(index)", UInt32, given => host.InterfaceName(given.UInt32(0))),
        Of("netns(inode)", UInt32, given => host.NetworkNamespaceName(given.UInt32(0))),
        Of("cgroup(id)", UInt64, given => host.CgroupPath(given.Number(0, ulong.MaxValue))),
        Of("user(uid)", UInt32, given => host.UserName(given.UInt32(0))),
        Of("comm(pid)", UInt32, given => host.ProcessName(given.UInt32(0))),
        Of("pciVendor(vendor)", "a whole number from 0 to 65535", given => host.PciVendor(UInt16(given, 0))),
        Of("pciDevice(vendor, device)", "two whole numbers from 0 to 65535", given => host.PciDevice(UInt16(given, 0), UInt16(given, 1))),
        Of("pciClass(class)", "a whole number from 0 to 255", given => host.PciClass(Byte(given, 0))),
        Of("pciSubclass(class, subclass)", "two whole numbers from 0 to 255", given => host.PciSubclass(Byte(given, 0), Byte(given, 1))),
    ];

    private static HostFunction Of(string signature, string takes, Func<ScriptArguments, string?> ask) =>
        new(signature, takes, given => new HostAnswer(ask(given), MayChange: true));

    private static ushort UInt16(ScriptArguments given, int index) => (ushort)given.Number(index, ushort.MaxValue);

    private static byte Byte(ScriptArguments given, int index) => (byte)given.Number(index, byte.MaxValue);
}
