using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Decoding;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Benchmarks;

/// <summary>A plugin of one real map with as many series as are wanted, which the benchmark fills itself.</summary>
internal sealed class BenchPlugin(int series) : PluginDefinition, IKeyDecoder
{
    public const int Slots = 27;

    public override string ObjectName => "bench_series.bpf.o";

    public string Map => $"series_{series}";

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) => [new MetricDefinition(Map, $"bench_{series}_seconds", "A benchmark.", _ => this)];

    public IReadOnlyList<string> LabelNames { get; } = ["major", "minor"];

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key) =>
        [$"{BinaryPrimitives.ReadUInt32LittleEndian(key)}", $"{BinaryPrimitives.ReadUInt32LittleEndian(key[4..])}"];

    public override ReadOnlyMemory<byte> ReadObject() => Resource.Read(ObjectName);

    /// <summary>Gives every slot of every series, on every possible CPU, a value that it did not have before.</summary>
    public unsafe void Fill(BpfMap map, ulong round)
    {
        int words = map.Definition.ValueSize / sizeof(ulong);
        ulong[] value = new ulong[words * PossibleCpus.Count];
        uint* key = stackalloc uint[2];
        fixed (ulong* values = value)
        {
            for (int i = 0; i < series; i++)
            {
                (key[0], key[1]) = ((uint)i >> 8, (uint)i & 255);
                for (int word = 0; word < value.Length; word++) value[word] = (round * 1000) + (ulong)(i + word);
                int result = LibBpf.MapUpdate(map.Handle, (byte*)key, (byte*)values, 0);
                if (result < 0) throw BpfException.Of($"can't fill map '{Map}'", result);
            }
        }
    }

    public override void Dispose()
    {
    }
}
