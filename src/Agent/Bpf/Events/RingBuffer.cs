using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// A <c>BPF_MAP_TYPE_RINGBUF</c>, read where the kernel writes it: no call into the kernel, and no allocation, for an event.
/// </summary>
/// <remarks>
/// What is in it belongs to the map: a later version of a plugin that shares the map, or an agent that finds it pinned, goes on where this one has come to. The kernel does not count what finds
/// no room; <c>EVENTS(...)</c> of <c>ebpf_agent/events.bpf.h</c> does. Minimum kernel: 5.8.
/// </remarks>
internal sealed unsafe class RingBuffer : IEventBuffer
{
    // Each is an event's turn to be written, or all that came while the last ones were taken.
    private const int MostRounds = 64;

    // A flood could fill a smaller one within a pause of the pump's.
    private const ulong SmallestCalm = 64 << 10;

    private readonly BpfMapHandle _map;
    private readonly MappedMemory _ours;
    private readonly MappedMemory _kernels;
    private readonly RingRecords _records;
    private readonly ulong _size;
    private EventWatch? _watch;

    private RingBuffer(string name, BpfMapHandle map, in MapInfo info, MappedMemory ours, MappedMemory kernels)
    {
        (Name, MapId, _map, _ours, _kernels, _size) = (name, info.Id, map, ours, kernels, info.MaxEntries);
        _records = new RingRecords(name, (ulong*)ours.Start, (ulong*)kernels.Start, kernels.Start + Environment.SystemPageSize, _size);
    }

    public string Name { get; }

    public uint MapId { get; }

    public bool IsPadded => false;

    public ulong? Lost => null;

    /// <exception cref="BpfException">The kernel refused.</exception>
    public static RingBuffer Open(BpfMap map)
    {
        string name = map.Definition.Name;
        MapInfo info = BpfInfo.Map(map.Handle);
        BpfMapHandle own = EventBuffers.Duplicate(map);
        nint page = Environment.SystemPageSize;
        // Ours to write is the first page. The kernel's position and the data are read-only, the data mapped twice over.
        MappedMemory ours = LibC.MapShared(own, (nuint)page, 0, isWritten: true);
        int errno = ours.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        MappedMemory kernels = LibC.MapShared(own, (nuint)page + (2 * (nuint)info.MaxEntries), page, isWritten: false);
        if (errno == 0 && kernels.IsInvalid) errno = Marshal.GetLastPInvokeError();
        if (errno == 0) return new RingBuffer(name, own, info, ours, kernels);
        kernels.Dispose();
        ours.Dispose();
        own.Dispose();
        throw BpfException.Of($"can't map ring buffer '{name}'", errno);
    }

    public bool Drain(IEventSink sink)
    {
        ulong taken = 0;
        RingRest rest;
        var spin = new SpinWait();
        int round = 0;
        do
        {
            taken += _records.Drain(sink);
            rest = _records.Rest();
            if (rest == RingRest.BeingWritten) spin.SpinOnce(sleep1Threshold: -1);
        }
        while (rest != RingRest.None && taken < _size && ++round < MostRounds);

        if (rest == RingRest.Some) _watch?.WakeNow(_map);
        return taken > 0 && (_size < SmallestCalm || taken > _size / 8);
    }

    public void WakeWith(EventWatch watch)
    {
        watch.Add(_map, $"ring buffer '{Name}'");
        _watch = watch;
    }

    public void Maintain(IEventSink sink)
    {
        // All CPUs share it.
    }

    public void Dispose()
    {
        _kernels.Dispose();
        _ours.Dispose();
        _map.Dispose();
    }
}
