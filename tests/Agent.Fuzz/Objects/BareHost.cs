using EbpfAgent.Decoding;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>A machine that has nothing of what it is asked for.</summary>
internal sealed class BareHost : IHost
{
    public string Architecture => "x86_64";

    public string? UserSymbol(uint process, ulong address) => null;

    public string? DeviceName(uint major, uint minor) => null;
}
