using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Network interfaces by name. The kernel never gives a number twice (within a network namespace), so an interface that was made again is another place.</summary>
internal sealed class InterfaceNames(IReadOnlyList<string> names)
{
    public IReadOnlyList<Place> Now() => [.. names.Select(static name => new Place($"interface '{name}'", LibC.InterfaceIndex(name) is var index and not 0 ? (int)index : Place.Absent))];
}
