using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;

namespace EbpfAgent.Lifecycle;

/// <summary>A host that knows no more than what plugin authors may ask.</summary>
internal sealed class BareHost(IHostLookup host) : Decoding.IHost
{
    public string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64";

    public string? UserSymbol(uint process, ulong address) => null;

    public string? DeviceName(uint major, uint minor) => host.DeviceName(major, minor);
}
