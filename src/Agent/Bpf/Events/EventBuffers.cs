using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>Opens the buffer that a map is.</summary>
internal static class EventBuffers
{
    /// <summary>What a CPU's perf buffer has by default, in bytes: the usual 64 pages. With 256 CPUs that is 64 MiB.</summary>
    public const int PerfBytesPerCpu = 256 << 10;

    /// <summary>Whether events can be read from a map of this kind.</summary>
    public static bool Serves(MapKind kind) => kind is MapKind.RingBuffer or MapKind.PerfEventArray;

    /// <summary>Opens it, before programs that send events run: what they send to a perf buffer that nobody has opened is neither kept nor counted. Takes no event.</summary>
    /// <param name="map">A map that <see cref="Serves"/> says yes to; used during the call only.</param>
    /// <param name="perfBytesPerCpu">The bytes of a CPU's perf buffer, rounded up to a power of two of pages; a ring buffer's size is its map's.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static IEventBuffer Open(BpfMap map, int perfBytesPerCpu = PerfBytesPerCpu) => map.Definition.Kind switch
    {
        MapKind.RingBuffer => RingBuffer.Open(map),
        MapKind.PerfEventArray => PerfBuffer.Open(map, perfBytesPerCpu, static () => OnlineCpus.Read()),
        var other => throw new ArgumentException($"map '{map.Definition.Name}' is {other.Name()}, which holds no events", nameof(map)),
    };

    /// <summary>A descriptor of our own, which outlives the object.</summary>
    internal static BpfMapHandle Duplicate(BpfMap map)
    {
        int own = LibC.Duplicate(map.Handle.Number);
        return own >= 0 ? new BpfMapHandle(own) : throw BpfException.Of($"can't duplicate the descriptor of '{map.Definition.Name}'", Marshal.GetLastPInvokeError());
    }
}
