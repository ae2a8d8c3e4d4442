using CsCheck;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

/// <summary>Whatever lies in the state folder, it is read or refused: no crash, no hang, and no more memory than it has bytes.</summary>
public sealed class GarbageTests : IDisposable
{
    private static readonly SurvivalIdentity Identity = new("Disk", Guid.NewGuid(), new byte[32], new Dictionary<string, uint> { ["m"] = 1 });

    private readonly TestFolder _folder = new();
    private readonly PluginClaim _claim;
    private readonly SurvivalFile _file;

    public GarbageTests()
    {
        _claim = _folder.Claim("Disk");
        _file = new SurvivalFile(_claim);
    }

    public void Dispose()
    {
        _claim.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Random_records_are_refused() => Gen.Byte.Array[0, 300].Sample(IsReadOrRefused, iter: 2_000, threads: 1);

    /// <summary>The same with the head, the foot and the checksum made right, so that the directory itself is read.</summary>
    [Fact]
    public void Random_directories_are_refused_or_read() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.Const((byte)0), Gen.Const((byte)1), Gen.Const((byte)255)).Array[0, 200], Gen.Int[0, 40]).Sample(
            (bytes, start) => IsReadOrRefused(Framed(bytes, start)), iter: 5_000, threads: 1);

    [Fact]
    public void Any_changes_to_a_directory_are_refused_or_read()
    {
        _file.Write(Identity, [new MetricTotals("a", stream => stream.Write(new byte[5])), new MetricTotals("b", stream => stream.Write(new byte[9]))]);
        byte[] body = File.ReadAllBytes(_folder.State.Record("Disk"))[SurvivalFormat.HeadBytes..^SurvivalFormat.FootBytes];
        Gen.Select(Gen.Int[0, body.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] changed = [.. body];
                foreach ((int at, byte value) in changes) changed[at] = value;
                return IsReadOrRefused(Framed(changed, 14));
            },
            iter: 5_000, threads: 1);
    }

    [Fact]
    public void A_count_or_a_length_that_lies_takes_no_memory()
    {
        byte[] image = Framed([1, (byte)'x', .. new byte[48], 255, 255, 255, 127, 255, 255, 255, 255, 7], 0);
        _ = IsReadOrRefused(image);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(IsReadOrRefused(image));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_huge_file_of_nothing_takes_no_memory()
    {
        using (FileStream sparse = File.Create(_folder.State.Record("Disk"))) sparse.SetLength(1L << 40);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(_file.Read(Identity, out string? reason));
        Assert.EndsWith(" is not a record of totals", reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_garbage_journal_is_started_over_with_a_warning() => Gen.Byte.Array[1, 300].Sample(
        bytes => Starts(bytes) is { } warning && warning.Contains(" can't be used, and is started over: it has ", StringComparison.Ordinal), iter: 200, threads: 1);

    [Fact]
    public void Any_changes_to_a_journal_are_read_or_started_over()
    {
        Assert.Null(Starts(null));
        byte[] image = File.ReadAllBytes(_folder.State.Activity);
        // The first records, where the changes meet each other; a later one is no different.
        Gen.Select(Gen.Int[0, 3 * ActivityRecord.Bytes], Gen.Byte).Array[1, 40].Sample(
            changes =>
            {
                byte[] changed = [.. image];
                foreach ((int at, byte value) in changes) changed[at] = value;
                return Starts(changed) is null or not "";
            },
            iter: 500, threads: 1);
    }

    [Theory]
    [InlineData(0, "it is not of this version")]
    [InlineData(8, "it is not of this version")]
    [InlineData(12, "it is not of this version")]
    [InlineData(64, "it is damaged")]
    [InlineData(64 + 19, "it is damaged")]
    public void A_journal_says_why_it_is_started_over(int at, string expected)
    {
        Assert.Null(Starts(null));
        byte[] image = File.ReadAllBytes(_folder.State.Activity);
        image[at] ^= 0x80;
        Assert.EndsWith($"{_folder.State.Activity} can't be used, and is started over: {expected}", Starts(image), StringComparison.Ordinal);
        Assert.Null(Starts(null));
    }

    [Fact]
    public void A_journal_that_is_no_file_is_done_without()
    {
        Directory.CreateDirectory(_folder.State.Activity);
        Assert.Null(CrashJournal.TryOpen(_folder.State, TestFolder.Configuration, TimeProvider.System, out string? warning));
        Assert.EndsWith("; a plugin that ends the agent will not be known at the next start", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("activity-lock", _folder.Files);
    }

    // Opens the journal, uses it, and closes it again.
    private string? Starts(byte[]? image)
    {
        // In its place, as an agent would: the one that was mapped before keeps its own.
        if (image is not null)
        {
            File.Delete(_folder.State.Activity);
            File.WriteAllBytes(_folder.State.Activity, image);
        }

        using CrashJournal? journal = CrashJournal.TryOpen(_folder.State, TestFolder.Configuration, TimeProvider.System, out string? warning);
        Assert.NotNull(journal);
        byte[] hash = new byte[ActivityRecord.HashBytes];
        using JournalEntry entry = journal.Open("Disk", hash);
        entry.Enter(Activity.Polling);
        entry.Leave();
        _ = journal.IsQuarantined("Disk", hash, out _);
        journal.Forgive("Disk");
        return warning;
    }

    private bool IsReadOrRefused(byte[] image)
    {
        File.WriteAllBytes(_folder.State.Record("Disk"), image);
        SurvivalRecord? record = _file.Read(Identity, out string? reason);
        return (record is null) == (reason is { Length: > 0 });
    }

    // A record whose directory begins that many bytes into the body.
    private static byte[] Framed(byte[] body, int start)
    {
        using var image = new MemoryStream();
        SurvivalFormat.WriteHead(image);
        image.Write(body);
        var checksum = new Crc32C();
        checksum.Append(image.ToArray());
        byte[] foot = new byte[SurvivalFormat.FootBytes];
        SurvivalFormat.WriteFoot(foot, SurvivalFormat.HeadBytes + start, checksum);
        image.Write(foot);
        return image.ToArray();
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard()
    {
        var checksum = new Crc32C();
        checksum.Append("123"u8);
        checksum.Append("456789"u8);
        Assert.Equal(0xE3069283, checksum.Value);
    }
}
