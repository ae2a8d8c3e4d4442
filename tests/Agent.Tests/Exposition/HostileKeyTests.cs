using System.Text;
using CsCheck;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Exposition;

/// <summary>From any bytes that a map may hold, under any layout, to the document: what comes out is text of the format, with sound histograms.</summary>
public sealed class HostileKeyTests
{
    private const int Slots = 3;

    private static readonly string[] Hostile = ["\"", "\\", "\n", "\"} 1\nother{a=\"", "\r", "\u2028", "\0", "\ud800", "\u001b[2J", "a\\", "<script>alert(1)</script>", "\uffff", new string('\\', 300), new string('\u00e9', 300)];

    [Fact]
    public void Keys_of_any_layout_make_a_sound_document()
    {
        int series = 0;
        Gen.Select(Gen.Int, Gen.Byte.Array[0, 600].Array[1, 6], Gen.ULong.Array[Slots + 1]).Sample((seed, keys, words) => series += FromLayout(seed, keys, words), iter: 2_000, threads: 1);
        Assert.InRange(series, 200, int.MaxValue);
    }

    [Fact]
    public void Labels_of_any_text_make_a_sound_document() =>
        Gen.OneOf(Gen.String, Gen.OneOf(Hostile)).Array[2].Sample(
            values =>
            {
                Scrape scrape = Write([[1]], _ => values, ["a", "b"], 1, [5, 1, 2, 3]);
                Assert.Equal(6UL, scrape.Count("test_seconds"));
            },
            iter: 3_000,
            threads: 1);

    private static int FromLayout(int seed, byte[][] keys, ulong[] words)
    {
        KeyLayout layout = new RandomLayout(seed).Next();
        FieldDecoder decoder;
        try
        {
            decoder = FieldDecoder.Create(null, layout, layout.Size, null, new FakeMachine());
        }
        catch (Exception e) when (e is PluginException or DecodeException)
        {
            return 0;
        }

        // Counts are added modulo 2^64, as the kernel does: what has gone round does not ascend.
        ulong[] bounded = [words[0], .. words[1..].Select(static word => word >> 8)];
        byte[][] sized = [.. keys.Select(key => Enumerable.Range(0, layout.Size).Select(i => key.Length == 0 ? (byte)0 : key[i % key.Length]).ToArray())];
        return Write(sized, key => decoder.Decode(key), decoder.LabelNames, layout.Size, bounded).Samples.Count(static sample => sample.Name == "test_seconds_count");
    }

    private static Scrape Write(byte[][] keys, Decode decode, IReadOnlyList<string> names, int keySize, ulong[] words)
    {
        var registry = new FamilyRegistry();
        var description = new FamilyDescription("test_seconds", "A test.", names, BucketScheme.Explicit([1, 2], UnitScale.One), HasSum: true);
        var family = new CumulativeFamily(description, keySize, new AnyDecoder(decode, names), new SeriesLimits(100, 64), new Lock(), TimeProvider.System);
        registry.Reserve([new MetricName("test_seconds")], "test");
        registry.Publish("test", [family]);
        // The first poll is where counting begins.
        Poll(family, [], words);
        Poll(family, keys.DistinctBy(Convert.ToHexString), words);
        var buffer = new ExpositionBuffer();
        new MetricsDocument(registry).Write(buffer);
        byte[] text = [.. Enumerable.Range(0, buffer.Chunks).SelectMany(chunk => buffer[chunk].ToArray())];
        // What is no UTF-8 would throw.
        var scrape = new Scrape(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text));
        HistogramRules.Check(scrape);
        return scrape;
    }

    private static void Poll(CumulativeFamily family, IEnumerable<byte[]> keys, ulong[] words)
    {
        family.Begin();
        foreach (byte[] key in keys) words.CopyTo(family.Stage(key));
        lock (family.Gate) family.Commit();
    }

    private delegate IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key);

    private sealed class AnyDecoder(Decode decode, IReadOnlyList<string> names) : IKeyDecoder
    {
        public IReadOnlyList<string> LabelNames => names;

        IReadOnlyList<string>? IKeyDecoder.Decode(ReadOnlySpan<byte> key) => decode(key);
    }
}
