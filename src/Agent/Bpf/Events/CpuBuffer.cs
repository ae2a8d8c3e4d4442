using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>The perf buffer of one CPU. Owns its event and its memory.</summary>
internal sealed unsafe class CpuBuffer : IDisposable
{
    private readonly MappedMemory _memory;
    private readonly PerfRecords _records;
    private readonly bool _isCounted;
    private ulong _counted;

    private CpuBuffer(string name, SampleBufferHandle sampler, MappedMemory memory, nuint size, bool isCounted)
    {
        (Sampler, _memory, _isCounted) = (sampler, memory, isCounted);
        _records = new PerfRecords(name, memory.Start, memory.Start + Environment.SystemPageSize, size);
    }

    public SampleBufferHandle Sampler { get; }

    /// <summary>How many events it had no room for. Before kernel 6.0 those after the last event that found room are not in it.</summary>
    /// <exception cref="BpfException">It can't be asked.</exception>
    public ulong Lost => _isCounted ? Counted() : _records.Lost;

    /// <summary>Opens it; null where the CPU is not online.</summary>
    /// <param name="name">The map, for messages.</param>
    /// <param name="cpu">The CPU.</param>
    /// <param name="size">The bytes for its events: a power of two of pages.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static CpuBuffer? TryOpen(string name, int cpu, nuint size)
    {
        SampleBufferHandle sampler = OpenSampler(cpu, size, Attributes.LostFormat);
        bool isCounted = true;
        if (sampler.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Invalid)
        {
            // Before 6.0 there is no PERF_FORMAT_LOST.
            sampler = OpenSampler(cpu, size, readFormat: 0);
            isCounted = false;
        }

        if (sampler.IsInvalid) return Marshal.GetLastPInvokeError() == Errno.NoDevice ? null : throw NotOpened(name, cpu, Marshal.GetLastPInvokeError());
        MappedMemory memory = LibC.MapShared(sampler, (nuint)Environment.SystemPageSize + size, 0, isWritten: true);
        if (!memory.IsInvalid) return new CpuBuffer(name, sampler, memory, size, isCounted);
        int errno = Marshal.GetLastPInvokeError();
        sampler.Dispose();
        throw NotOpened(name, cpu, errno);
    }

    /// <inheritdoc cref="PerfRecords.Drain"/>
    public ulong Drain(IEventSink sink) => _records.Drain(sink);

    public void Dispose()
    {
        _memory.Dispose();
        Sampler.Dispose();
    }

    private static SampleBufferHandle OpenSampler(int cpu, nuint size, ulong readFormat)
    {
        var attributes = new Attributes
        {
            Type = Attributes.SoftwareType,
            Size = Attributes.Length,
            Config = Attributes.BpfOutput,
            SamplePeriod = 1,
            SampleType = Attributes.RawSample,
            ReadFormat = readFormat,
            // Woken by bytes, not by events: those that wait for a poll cost no wake-up each.
            Flags = Attributes.WatermarkFlag,
            WakeUpWatermark = (uint)size / 4,
        };
        return LibC.OpenSampleBuffer(&attributes, cpu);
    }

    private ulong Counted()
    {
        ulong* values = stackalloc ulong[2]; // the event's own count, which means nothing here, and the lost
        nint read = LibC.Read(Sampler, (byte*)values, 2 * sizeof(ulong));
        if (read < 0) throw BpfException.Of("can't read how many events a perf buffer has lost", Marshal.GetLastPInvokeError());
        // A short read: an event that the kernel has given up says no more.
        if (read == 2 * sizeof(ulong)) _counted = values[1];
        return _counted;
    }

    private static BpfException NotOpened(string name, int cpu, int errno) => BpfException.Of(
        $"can't open the buffer of CPU {cpu} for perf event array '{name}'", errno, errno is Errno.NotPermitted or Errno.AccessDenied ? BpfFailure.Permission : BpfFailure.Other,
        errno is Errno.NotPermitted or Errno.AccessDenied ? "it takes root, or CAP_PERFMON, and CAP_IPC_LOCK for more than kernel.perf_event_mlock_kb" : null);

    /// <summary>struct perf_event_attr, PERF_ATTR_SIZE_VER5.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Length)]
    private struct Attributes
    {
        public const int Length = 112;
        public const uint SoftwareType = 1;        // PERF_TYPE_SOFTWARE
        public const ulong BpfOutput = 10;         // PERF_COUNT_SW_BPF_OUTPUT
        public const ulong RawSample = 1 << 10;    // PERF_SAMPLE_RAW
        public const ulong LostFormat = 1 << 4;    // PERF_FORMAT_LOST
        public const ulong WatermarkFlag = 1 << 14;

        [FieldOffset(0)] public uint Type;
        [FieldOffset(4)] public uint Size;
        [FieldOffset(8)] public ulong Config;
        [FieldOffset(16)] public ulong SamplePeriod;
        [FieldOffset(24)] public ulong SampleType;
        [FieldOffset(32)] public ulong ReadFormat;
        [FieldOffset(40)] public ulong Flags;
        [FieldOffset(48)] public uint WakeUpWatermark;
    }
}
