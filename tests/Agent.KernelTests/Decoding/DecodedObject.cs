using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding;

/// <summary>An object whose maps are decoded by built-in decoders, without a manifest.</summary>
/// <param name="fixture">The object.</param>
/// <param name="host">What decoders ask.</param>
/// <param name="metrics">For a map, which names its metric as well, the labels; null takes those of BTF.</param>
internal sealed class DecodedObject(string fixture, IHost host, params (string Map, LabelSpec[]? Labels)[] metrics) : PluginDefinition
{
    public override string ObjectName => fixture;

    public override IReadOnlyList<MetricDefinition> Metrics =>
        [.. metrics.Select(metric => new MetricDefinition(metric.Map, metric.Map, "Help.", null, null, key => Decoder(metric.Labels, key)))];

    public override ReadOnlyMemory<byte> ReadObject() => Fixture.Read(fixture);

    public override void Dispose()
    {
    }

    private FieldDecoder Decoder(LabelSpec[]? labels, KeyType key)
    {
        KeyLayout layout = KeyLayout.FromBtf(key.Btf, key.TypeId);
        return FieldDecoder.Create(labels, layout, layout.Size, null, host);
    }
}
