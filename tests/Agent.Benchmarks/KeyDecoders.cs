using EbpfAgent.Abstractions;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Benchmarks;

/// <summary>The four ways from a <see cref="RequestKey"/> to its labels, which come out the same.</summary>
internal static class KeyDecoders
{
    private static readonly NoDevices Host = new NoDevices();

    private const string Script = """
        export const labels = ["operation", "address", "worker", "comm"];

        const operations = ["read", "write", "discard", "flush"];

        export function decode(key) {
          return [operations[key.operation], host.ip(key.address), key.worker, key.comm];
        }
        """;

    private static readonly LabelSpec[] Labels =
    [
        new("operation") { Decoders = [new("uint"), new("static_map") { Map = new Dictionary<string, string> { ["0"] = "read", ["1"] = "write", ["2"] = "discard", ["3"] = "flush" } }] },
        new("address") { Decoders = [new("ip")] },
        new("worker") { Decoders = [new("uint")] },
        new("comm") { Decoders = [new("string")] },
    ];

    public static IReadOnlyList<KeyDecoder> All { get; } =
    [
        new("btf", static key => FieldDecoder.Create(labels: null, key.Layout(), key.Size, bucket: null, Host)),
        new("built_in", static key => FieldDecoder.Create(Labels, key.Layout(), key.Size, bucket: null, Host)),
        new("javascript", static key => ScriptDecoder.Load(new ScriptSource("bench.js", Script), key.Layout(), new ScriptEnvironment(Host, ScriptLimits.Default, TimeProvider.System, Log: null))),
        new("csharp", static _ => new ClrKeyDecoder(new HistogramMetric<RequestKey> { Map = "requests", Name = "bench", Help = "A benchmark." }, Host)),
    ];
}

/// <summary>A way of decoding.</summary>
/// <param name="Name">As figures name it.</param>
/// <param name="Create">Makes the decoder of a key.</param>
internal sealed record KeyDecoder(string Name, Func<KeyType, IKeyDecoder> Create);
