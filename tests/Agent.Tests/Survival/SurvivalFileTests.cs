using System.Security.Cryptography;
using System.Text;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

public sealed class SurvivalFileTests : IDisposable
{
    private static readonly byte[] Object = SHA256.HashData("object"u8);

    private static readonly SurvivalIdentity Identity =
        new("Disk", Guid.Parse("11111111-2222-3333-4444-555555555555"), Object, new Dictionary<string, uint> { ["latency"] = 7, ["sizes"] = 8 });

    private readonly TestFolder _folder = new();
    private readonly PluginClaim _claim;
    private readonly SurvivalFile _file;

    public SurvivalFileTests()
    {
        _claim = _folder.Claim("Disk");
        _file = new SurvivalFile(_claim);
    }

    private string Record => _folder.State.Record("Disk");

    public void Dispose()
    {
        _claim.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1_000_003)]
    public void What_was_written_is_read(int length)
    {
        byte[] large = new byte[length];
        new Random(1).NextBytes(large);
        _file.Write(Identity, [new MetricTotals("a_seconds", s => s.Write(large)), new MetricTotals("none", _ => { }), new MetricTotals("b", Text("totals of b"))]);
        SurvivalRecord record = Read();
        Assert.Equal(["a_seconds", "b", "none"], record.Metrics.Order());
        Assert.Equal(large, Bytes(record, "a_seconds"));
        Assert.Equal("totals of b"u8, Bytes(record, "b"));
        Assert.Empty(Bytes(record, "none"));
        Assert.Null(record.Open("c"));
        Assert.False(record.Open("b")!.CanWrite);
        Assert.Equal(Identity.Maps, record.Identity.Maps);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Record));
    }

    [Fact]
    public void However_it_is_written_the_bytes_are_the_same()
    {
        _file.Write(Identity, [new MetricTotals("a", stream =>
        {
            for (int i = 0; i < 200_000; i++) stream.WriteByte((byte)i);
            stream.Flush();
            stream.Write([1, 2, 3], 1, 2);
            Assert.Throws<NotSupportedException>(() => stream.ReadByte());
        })]);
        Assert.Equal([.. Enumerable.Range(0, 200_000).Select(i => (byte)i), 2, 3], Bytes(Read(), "a"));
    }

    [Fact]
    public void A_record_replaces_the_one_before_it_and_leaves_no_other_file()
    {
        _file.Write(Identity, [new MetricTotals("a", Text("a long first record"))]);
        _file.Write(Identity, [new MetricTotals("a", Text("second"))]);
        Assert.Equal("second"u8, Bytes(Read(), "a"));
        Assert.Equal(["Disk.holder", "Disk.lock", "Disk.state"], _folder.Files);
        _file.Delete();
        _file.Delete();
        Assert.Equal(["Disk.holder", "Disk.lock"], _folder.Files);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_record_before_it_and_no_other_file()
    {
        _file.Write(Identity, [new MetricTotals("a", Text("first"))]);
        Assert.Throws<InvalidDataException>(() => _file.Write(Identity, [new MetricTotals("a", stream =>
        {
            stream.Write(new byte[200_000]);
            throw new InvalidDataException();
        })]));
        Assert.Equal("first"u8, Bytes(Read(), "a"));
        Assert.Equal(["Disk.holder", "Disk.lock", "Disk.state"], _folder.Files);
        _file.Write(Identity, [new MetricTotals("a", Text("third"))]);
        Assert.Equal("third"u8, Bytes(Read(), "a"));
    }

    [Fact]
    public void A_full_disk_is_an_error_with_its_cause()
    {
        File.CreateSymbolicLink(_folder.State.Temporary("Disk"), "/dev/full");
        string message = Assert.Throws<SurvivalException>(() => _file.Write(Identity, [new MetricTotals("a", Text("x"))])).Message;
        Assert.StartsWith($"{Record} can't be written: No space left on device", message, StringComparison.Ordinal);
        Assert.EndsWith("; make room, or set stateFolder to a folder that the agent may write", message, StringComparison.Ordinal);
        Assert.Equal(["Disk.holder", "Disk.lock"], _folder.Files);
    }

    [Fact]
    public void What_a_dead_agent_left_half_written_is_removed()
    {
        File.WriteAllText(_folder.State.Temporary("Disk"), "half");
        File.WriteAllText(_folder.State.Temporary("Other"), "another's");
        _ = new SurvivalFile(_claim);
        Assert.Equal(["Disk.holder", "Disk.lock", "Other.tmp"], _folder.Files);
    }

    [Fact]
    public void No_record_is_no_error()
    {
        Assert.Null(_file.Read(Identity, out string? reason));
        Assert.Equal($"the totals of plugin 'Disk' begin anew: {Record} is not there", reason);
    }

    private static (SurvivalIdentity Now, string Expected)[] Others =>
    [
        (Identity with { Plugin = "Other" }, "is of plugin 'Disk'"),
        (Identity with { Boot = Guid.Empty }, "is of an earlier boot"),
        (Identity with { ObjectHash = SHA256.HashData("other"u8) }, $"is of another BPF object ({Convert.ToHexStringLower(Object)[..8]}, and now it is {Convert.ToHexStringLower(SHA256.HashData("other"u8))[..8]})"),
        (Identity with { Maps = new Dictionary<string, uint> { ["latency"] = 9, ["sizes"] = 8 } }, "is of another map 'latency' (id 7, and now it is 9)"),
        (Identity with { Maps = new Dictionary<string, uint> { ["latency"] = 7, ["sizes"] = 8, ["x"] = 1 } }, "is of an object without the map 'x'"),
        (Identity with { Maps = new Dictionary<string, uint> { ["latency"] = 7 } }, "is of an object with the map 'sizes', which is gone"),
    ];

    [Fact]
    public void A_record_of_anything_else_is_refused_with_the_difference()
    {
        _file.Write(Identity, [new MetricTotals("a", Text("x"))]);
        Assert.All(Others, other =>
        {
            Assert.Null(_file.Read(other.Now, out string? reason));
            Assert.Equal($"the totals of plugin 'Disk' begin anew: {Record} {other.Expected}", reason);
        });
    }

    [Fact]
    public void Every_record_that_was_cut_short_is_refused()
    {
        _file.Write(Identity, [new MetricTotals("a", Text("x"))]);
        byte[] whole = File.ReadAllBytes(Record);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Record, whole[..length]);
            Assert.Null(_file.Read(Identity, out string? reason));
            Assert.EndsWith($"{Record} is truncated", reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_change_of_a_bit_is_seen()
    {
        _file.Write(Identity, [new MetricTotals("a", Text("totals"))]);
        byte[] whole = File.ReadAllBytes(Record);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Record, changed);
            Assert.Null(_file.Read(Identity, out string? reason));
            Assert.Matches(" is (truncated|damaged|not a record|of version)", reason);
        }
    }

    [Fact]
    public void A_newer_version_is_named()
    {
        _file.Write(Identity, []);
        byte[] whole = File.ReadAllBytes(Record);
        whole[8] = 2;
        File.WriteAllBytes(Record, whole);
        Assert.Null(_file.Read(Identity, out string? reason));
        Assert.EndsWith($"{Record} is of version 2, and this agent reads 1", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_refused()
    {
        Directory.CreateDirectory(Record);
        Assert.Null(_file.Read(Identity, out string? reason));
        Assert.Contains($"{Record} can't be read: ", reason, StringComparison.Ordinal);
        Assert.Throws<SurvivalException>(() => _file.Write(Identity, []));
    }

    /// <summary>What a write allocates is the same, however much it writes.</summary>
    [Fact]
    public void Writing_allocates_nothing_that_grows_with_the_totals()
    {
        byte[] small = new byte[100], large = new byte[8 << 20];
        MetricTotals[] one = [new("a", stream => stream.Write(small))], other = [new("a", stream => stream.Write(large))];
        _file.Write(Identity, one);
        _file.Write(Identity, other);
        Assert.InRange(Allocated(other), 0, Allocated(one) + 1024);
    }

    private long Allocated(MetricTotals[] metrics)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _file.Write(Identity, metrics);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Action<Stream> Text(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    private SurvivalRecord Read()
    {
        SurvivalRecord? record = _file.Read(Identity, out string? reason);
        Assert.Null(reason);
        return record!;
    }

    private static byte[] Bytes(SurvivalRecord record, string metric)
    {
        using var bytes = new MemoryStream();
        record.Open(metric)!.CopyTo(bytes);
        return bytes.ToArray();
    }
}
