using System.Numerics;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// A <c>BPF_MAP_TYPE_PERF_EVENT_ARRAY</c>, with a buffer for each CPU that is online, read where the kernel writes them.
/// </summary>
/// <remarks>
/// The buffers are this opener's, not the map's: they end with it, and no later version or agent can go on with them. What a program sends from a CPU that has no buffer is neither kept nor
/// counted by the kernel: from one that came online since the last <see cref="Maintain"/>, or that went and came back between two. Minimum kernel: 4.4; 6.0 to know of lost events at once.
/// </remarks>
internal sealed class PerfBuffer : IEventBuffer
{
    private readonly BpfMapHandle _map;
    private readonly nuint _size;
    private readonly Func<IReadOnlySet<int>> _online;
    private readonly CpuBuffer?[] _cpus;
    private EventWatch? _watch;
    private ulong _lostBefore;

    private PerfBuffer(string name, BpfMapHandle map, in MapInfo info, nuint size, Func<IReadOnlySet<int>> online)
    {
        (Name, MapId, _map, _size, _online) = (name, info.Id, map, size, online);
        _cpus = new CpuBuffer?[Math.Min(info.MaxEntries, (uint)PossibleCpus.Count)];
    }

    public string Name { get; }

    public uint MapId { get; }

    /// <summary>A sample is as long as makes its record a multiple of 8: up to 7 bytes follow the event.</summary>
    public bool IsPadded => true;

    public ulong? Lost
    {
        get
        {
            ulong lost = _lostBefore;
            foreach (CpuBuffer? cpu in _cpus) lost += cpu?.Lost ?? 0;
            return lost;
        }
    }

    /// <param name="map">The map; used during the call only.</param>
    /// <param name="bytesPerCpu">The bytes of each buffer, rounded up to a power of two of pages.</param>
    /// <param name="online">Says which CPUs are online.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static PerfBuffer Open(BpfMap map, int bytesPerCpu, Func<IReadOnlySet<int>> online)
    {
        uint size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytesPerCpu, Environment.SystemPageSize));
        MapInfo info = BpfInfo.Map(map.Handle);
        var opened = new PerfBuffer(map.Definition.Name, EventBuffers.Duplicate(map), info, size, online);
        try
        {
            opened.OpenCpus(online());
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public bool Drain(IEventSink sink)
    {
        ulong fullest = 0;
        foreach (CpuBuffer? cpu in _cpus) fullest = Math.Max(fullest, cpu?.Drain(sink) ?? 0);
        return fullest > _size / 8;
    }

    public void WakeWith(EventWatch watch)
    {
        _watch = watch;
        for (int cpu = 0; cpu < _cpus.Length; cpu++) Wake(cpu);
    }

    public void Maintain(IEventSink sink)
    {
        IReadOnlySet<int> online = _online();
        for (int cpu = 0; cpu < _cpus.Length; cpu++)
        {
            if (_cpus[cpu] is not { } gone || online.Contains(cpu)) continue;
            gone.Drain(sink);
            _lostBefore += gone.Lost;
            Close(cpu);
        }

        OpenCpus(online);
    }

    public void Dispose()
    {
        for (int cpu = 0; cpu < _cpus.Length; cpu++) Close(cpu);
        _map.Dispose();
    }

    private void OpenCpus(IReadOnlySet<int> online)
    {
        for (int cpu = 0; cpu < _cpus.Length; cpu++)
        {
            if (_cpus[cpu] is null && online.Contains(cpu)) OpenCpu(cpu);
        }
    }

    private void OpenCpu(int cpu)
    {
        _cpus[cpu] = CpuBuffer.TryOpen(Name, cpu, _size);
        try
        {
            Wake(cpu);
            Place(cpu);
        }
        catch
        {
            // Half open it would never be tried again.
            Close(cpu);
            throw;
        }
    }

    private void Wake(int cpu)
    {
        if (_cpus[cpu] is { } opened) _watch?.Add(opened.Sampler, $"perf event array '{Name}'");
    }

    // From here on the programs find it.
    private unsafe void Place(int cpu)
    {
        if (_cpus[cpu] is not { } opened) return;
        int fd = opened.Sampler.Number;
        int result = LibBpf.MapUpdate(_map, (byte*)&cpu, (byte*)&fd, 0);
        if (result < 0) throw BpfException.Of($"can't put the buffer of CPU {cpu} into perf event array '{Name}'", result);
    }

    private unsafe void Close(int cpu)
    {
        if (_cpus[cpu] is not { } closed) return;
        // The map's reference would keep the event, which is no use without its memory.
        LibBpf.MapDelete(_map, (byte*)&cpu);
        _watch?.Remove(closed.Sampler);
        closed.Dispose();
        _cpus[cpu] = null;
    }
}
