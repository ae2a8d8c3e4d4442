using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Folding;
using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;
using EbpfAgent.Tests.Polling;
using EbpfAgent.Tests.Series;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A running plugin of which the kernel knows nothing: one map behind a fake funnel, with one key.</summary>
internal sealed class FakeRunning
{
    private readonly byte[] _key = [1];
    private readonly CumulativeFamily _family;
    private readonly FakeDefinition _definition;

    public FakeRunning(FamilyRegistry registry, TimeProvider time, Func<byte, string[]?>? decode = null, string metric = "fake", Action? onDispose = null)
    {
        var map = new BpfMap(new MapDefinition("fake", MapKind.PerCpuHash, 1, 3 * sizeof(ulong), 16, 0, 0), new BpfMapHandle(-1));
        var gate = new Lock();
        var reader = new MapReader(Calls, map, possibleCpus: 1);
        var description = new FamilyDescription(metric, "A fake.", ["x"], BucketScheme.Log2(0, 0, UnitScale.One), HasSum: true);
        _family = new CumulativeFamily(description, 1, new StubDecoder(decode ?? (static key => [$"{key}"]), "x"), new SeriesLimits(10, 64), gate, time);
        var poll = new MapPoll(map, reader, [new MetricIntake(_family, new PerSeriesIntake(_family, 1, reader.ValueBytes))], failedInserts: null);
        var loaded = new LoadedBpfObject("fake.bpf.o", new BpfObjectHandle(), null!, [], []);
        _definition = new FakeDefinition(onDispose);
        Plugin = new RunningPlugin(_definition, loaded, [poll], [], gate);
    }

    public FakeMapCalls Calls { get; } = new();

    public RunningPlugin Plugin { get; }

    public bool IsDisposed => _definition.Disposals > 0;

    /// <summary>How often it was disposed; once is right.</summary>
    public int Disposals => _definition.Disposals;

    /// <summary>What the map's one entry counts.</summary>
    public ulong Observed
    {
        set
        {
            byte[] entry = new byte[3 * sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(sizeof(ulong)), value);
            Calls.Delete(_key);
            Calls.Add(_key, entry);
        }
    }

    /// <summary>What a scrape would say of it.</summary>
    public ulong Exposed => CountOf(_family);

    /// <summary>What a scrape would say of a family's first series.</summary>
    public static ulong CountOf(MetricFamily family)
    {
        lock (family.Gate) return family.Series.Count == 0 ? 0 : family.Series.Totals(0)[1];
    }

    private sealed class FakeDefinition(Action? onDispose) : PluginDefinition
    {
        private int _disposals;

        public int Disposals => Volatile.Read(ref _disposals);

        public override string ObjectName => "fake.bpf.o";

        public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) => [];

        public override ReadOnlyMemory<byte> ReadObject() => default;

        public override void Dispose()
        {
            Interlocked.Increment(ref _disposals);
            onDispose?.Invoke();
        }
    }
}
