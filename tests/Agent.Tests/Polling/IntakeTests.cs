using System.Buffers.Binary;
using EbpfAgent.Folding;
using EbpfAgent.Polling;
using EbpfAgent.Series;
using EbpfAgent.Tests.Series;

namespace EbpfAgent.Tests.Polling;

/// <summary>Entries of one-byte keys and two CPUs, on their way into a family.</summary>
public sealed class IntakeTests : FamilyTest
{
    private const int Cpus = 2;

    [Fact]
    public void A_number_is_a_counters_only_slot()
    {
        CumulativeFamily family = Counter(ByNumber());
        Accept(family, new NumberIntake(family, 1, Number(), Cpus * 8), (1, 3, 4), (2, 0, 5));
        Assert.Equal("1:7 2:5", Counts(family));
        Accept(family, new NumberIntake(family, 1, Number(), Cpus * 8), (1, 4, 4), (2, 0, 5));
        Assert.Equal("1:8 2:5", Counts(family));
    }

    [Fact]
    public void An_entry_that_was_made_anew_adds_to_the_counter()
    {
        CumulativeFamily family = Counter(ByNumber());
        Accept(family, new NumberIntake(family, 1, Number(), Cpus * 8), (1, 100, 0));
        Accept(family, new NumberIntake(family, 1, Number(), Cpus * 8), (1, 3, 0));
        Assert.Equal("1:103", Counts(family));
    }

    [Fact]
    public void Each_CPU_that_has_counted_is_an_entry_of_its_own()
    {
        var decoder = new StubDecoder(static key => [$"{key}"], "key");
        var family = new CumulativeFamily(Description(decoder), 5, new CpuOf(decoder), Limits(), new Lock(), Time);
        var sink = new PerCpuIntake(new NumberIntake(family, 5, Number(), 8), 1, 8, Cpus);
        Accept(family, sink, (1, 3, 4), (2, 0, 5));
        Assert.Equal("1@0:3 1@1:4 2@1:5", Counts(family));
    }

    [Fact]
    public void Entries_of_one_series_buckets_come_together_wherever_the_bucket_stands()
    {
        var decoder = new StubDecoder(static key => [$"{key}"], "key");
        var description = Description(decoder) with { Kind = FamilyKind.Histogram, Scheme = BucketScheme.Exposed([1, 2], UnitScale.One), HasSum = true };
        var family = new CumulativeFamily(description, 2, decoder, Limits(), new Lock(), Time);
        var sink = new BucketIntake(family, 2, BucketNumbers.Range(1, 1, 0, 1, hasSum: true), Number(), Cpus * 8);
        family.Begin();
        // Key 7: two in bucket 0, three in bucket 1, a sum of 40, and a bucket that is none. Key 8: bucket 1 alone.
        sink.Accept([7, 0, 7, 1, 7, 2, 7, 9, 8, 1], Values((1, 1), (3, 0), (20, 20), (99, 99), (0, 1)), 5);
        lock (family.Gate) family.Commit();
        Dictionary<string, ulong[]> exposed = Exposed(family);
        Assert.Equal([40, 2, 3, 0], exposed["key=\"7\""]);
        Assert.Equal([0, 0, 1, 0], exposed["key=\"8\""]);
    }

    [Fact]
    public void At_steady_state_an_intake_allocates_nothing()
    {
        CumulativeFamily family = Counter(ByNumber());
        var sink = new PerCpuIntake(new NumberIntake(new CumulativeFamily(Description(ByNumber()), 5, new CpuOf(ByNumber()), Limits(), family.Gate, Time), 5, Number(), 8), 1, 8, Cpus);
        byte[] values = Values((1, 1), (2, 2));
        sink.Accept([1, 2], values, 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) sink.Accept([1, 2], values, 2);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private CumulativeFamily Counter(StubDecoder decoder) => new(Description(decoder), 1, decoder, Limits(), new Lock(), Time);

    private static FamilyDescription Description(StubDecoder decoder) =>
        new("test_total", "A test.", decoder.LabelNames, BucketScheme.None(UnitScale.One), HasSum: false) { Kind = FamilyKind.Counter };

    private static NumberFold Number() => new(0, 8, NumberKind.Unsigned, 8, CpuRule.Sum);

    private static void Accept(MetricFamily family, IEntrySink sink, params (byte Key, ulong First, ulong Second)[] entries)
    {
        family.Begin();
        sink.Accept([.. entries.Select(static entry => entry.Key)], Values([.. entries.Select(static entry => (entry.First, entry.Second))]), entries.Length);
        lock (family.Gate) family.Commit();
    }

    private static byte[] Values(params (ulong First, ulong Second)[] cpus)
    {
        byte[] bytes = new byte[cpus.Length * 16];
        for (int i = 0; i < cpus.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 16), cpus[i].First);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((i * 16) + 8), cpus[i].Second);
        }

        return bytes;
    }

    private sealed class CpuOf(StubDecoder inner) : EbpfAgent.Decoding.IKeyDecoder
    {
        public IReadOnlyList<string> LabelNames => inner.LabelNames;

        public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key) => [$"{key[0]}@{key[1]}"];
    }
}
