using EbpfAgent.Abstractions;

namespace EbpfAgent.Tests.Decoding;

/// <summary>A host with a device for every number but major 0.</summary>
internal sealed class FakeHost : IHostLookup
{
    public string? DeviceName(uint major, uint minor) => major == 0 ? null : $"dev{major}-{minor}";
}
