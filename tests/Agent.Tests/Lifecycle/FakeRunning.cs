using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Folding;
using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;
using EbpfAgent.Tests.Polling;
using EbpfAgent.Tests.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A running plugin of which the kernel knows nothing: one map behind a fake funnel, with one key.</summary>
internal sealed class FakeRunning
{
    private readonly byte[] _key = [1];
    private readonly HistogramFamily _family;
    private readonly Func<bool> _isDisposed;

    public FakeRunning(FamilyRegistry registry, TimeProvider time, Func<byte, string[]?>? decode = null)
    {
        var map = new BpfMap(new MapDefinition("fake", MapKind.PerCpuHash, 1, 3 * sizeof(ulong), 16, 0, 0), new BpfMapHandle(-1));
        var gate = new Lock();
        var reader = new MapReader(Calls, map, possibleCpus: 1);
        var description = new FamilyDescription("fake", "A fake.", ["x"], BucketScheme.Log2(0, 0, UnitScale.One), HasSum: true);
        _family = new HistogramFamily(description, 1, new StubDecoder(decode ?? (static key => [$"{key}"]), "x"), new SeriesLimits(10, 64), gate, time);
        var poll = new MapPoll(map, reader, new PerSeriesIntake(_family, 1, reader.ValueBytes), _family, failedInserts: null);
        var loaded = new LoadedBpfObject("fake.bpf.o", new BpfObjectHandle(), null!, [], []);
        var definition = new TestPlugin("fake.bpf.o", default, new ListLogger());
        _isDisposed = () => definition.IsDisposed;
        Plugin = new RunningPlugin(definition, loaded, [poll], gate);
    }

    public FakeMapCalls Calls { get; } = new();

    public RunningPlugin Plugin { get; }

    public bool IsDisposed => _isDisposed();

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
    public ulong Exposed
    {
        get
        {
            lock (_family.Gate) return _family.Series.Count == 0 ? 0 : _family.Series.Totals(0)[1];
        }
    }
}
