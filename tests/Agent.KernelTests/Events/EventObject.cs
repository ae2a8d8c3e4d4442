using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Polling;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Events;

/// <summary>An object of the fixtures that sends events, and counters over its buffers.</summary>
internal sealed class EventObject(LoadedBpfObject loaded) : IDisposable
{
    /// <summary>Bytes of <c>struct disk_event</c>.</summary>
    public const int EventSize = 16;

    /// <summary>The most events of one run of a program.</summary>
    public const int MostAtOnce = 1000;

    public EventObject(string fixture)
        : this(Versions.Load(fixture))
    {
    }

    public LoadedBpfObject Loaded { get; } = loaded;

    public EventPump Pump { get; init; } = new();

    /// <summary>A counter over one of its maps, not started.</summary>
    public EventCounter Count(string map, int maxKeys = 10_000, int keySize = EventSize) =>
        Count(map, EventBuffers.Open(Loaded.Map(map)), maxKeys, keySize);

    public EventCounter Count(string map, IEventBuffer buffer, int maxKeys = 10_000, int keySize = EventSize)
    {
        FailedInsertCounter? drops = HistogramSections.DropCounter(Loaded.Btf, map) is { } counter
            ? new FailedInsertCounter(new MapCalls(), Loaded.Map(counter.Section), counter.Offset, map)
            : null;
        return new EventCounter(buffer, keySize, maxKeys, Pump, drops, drops is not null && Loaded.IsShared(".data.events"));
    }

    /// <summary>Runs a program, as often as it takes to send this many events of this many kinds, from <paramref name="key"/> on.</summary>
    public void Send(string program, int events, ulong key, int kinds = 1, int cpu = 0)
    {
        BpfProgramHandle handle = Loaded.Programs.Single(one => one.Name == program).Handle;
        for (int left = events; left > 0; left -= MostAtOnce) ProgramRun.Observe(handle, (ulong)Math.Min(left, MostAtOnce), key, (ulong)kinds, cpu);
    }

    public void Dispose()
    {
        Pump.Dispose();
        Loaded.Dispose();
    }
}

/// <summary>What a counter has given, by the low half of the key's number.</summary>
internal sealed class Entries : IEntrySink
{
    private readonly Dictionary<uint, ulong> _counts = [];

    public ulong this[uint minor] => _counts.GetValueOrDefault(minor);

    public int Keys => _counts.Count;

    public ulong Total => _counts.Values.Aggregate(0UL, static (sum, count) => sum + count);

    public static Entries Of(EventCounter counter)
    {
        var entries = new Entries();
        Assert.Equal(counter.Read(entries), entries.Keys);
        return entries;
    }

    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        int keySize = keys.Length / count;
        for (int i = 0; i < count; i++) _counts.Add(MemoryMarshal.Read<uint>(keys[((i * keySize) + 4)..]), MemoryMarshal.Read<ulong>(values[(i * 8)..]));
    }
}
