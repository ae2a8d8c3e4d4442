using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bundled;

/// <summary>Requests to a disk of our own: as many as were made, and no more.</summary>
public sealed class DiskLatencyTests : KernelTest, IDisposable
{
    private const string Family = "disk_io_latency_seconds";
    private const int Requests = 1000;

    private readonly LoopDevice _disk = new(megabytes: 8);

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData("write")]
    [InlineData("read")]
    public void N_direct_requests_are_N(string operation)
    {
        using PolledPlugin plugin = BundledPlugin.Load("DiskLatency");
        // Whoever else looked at the new device (udev does) has done so before the first poll, or after the last.
        ulong before = Count(plugin.Poll(), operation);
        Transfer(operation, Requests);
        Assert.Equal(before + Requests, Count(plugin.Poll(), operation));
        Transfer(operation, 1);
        Assert.Equal(before + Requests + 1, Count(plugin.Poll(), operation));
    }

    [Fact]
    public void Synchronous_writes_are_counted_once_and_their_flushes_have_sane_latencies()
    {
        using PolledPlugin plugin = BundledPlugin.Load("DiskLatency");
        // Each is a write with a flush after it (FUA), and a flush of its own (fsync): the flush machinery ends requests that were never issued.
        Shell.Run("dd", "if=/dev/zero", $"of={_disk.Path}", "bs=4k", "count=100", "oflag=direct,dsync", "conv=fsync,notrunc");
        Scrape scrape = plugin.Poll();
        Assert.Equal(100UL, Count(scrape, "write"));
        // 100 dsyncs and an fsync at most twice each: once as the write's own, once for the file.
        Assert.InRange(Count(scrape, "flush"), 0UL, 202UL);
        foreach (string operation in new[] { "write", "flush" })
        {
            IReadOnlyList<(string Le, ulong Count)> buckets = scrape.Buckets(Family, Labels(operation));
            if (buckets.Count == 0) continue;
            Assert.Equal(buckets[^1].Count, buckets.Single(static bucket => bucket.Le == "8").Count);
            Assert.InRange(scrape.Number(Family + "_sum", Labels(operation)), 0, 10);
        }
    }

    [Fact]
    public void A_program_that_is_not_attached_counts_nothing()
    {
        using PolledPlugin plugin = BundledPlugin.Load("DiskLatency");
        plugin.Running.Object.Detach();
        ulong before = Count(plugin.Poll(), "write");
        Transfer("write", Requests);
        Assert.Equal(before, Count(plugin.Poll(), "write"));
    }

    private (string, string)[] Labels(string operation) => [("device", _disk.Name), ("operation", operation)];

    private ulong Count(Scrape scrape, string operation) => scrape.Count(Family, Labels(operation));

    // O_DIRECT: one request for each 4 KiB, neither merged nor cached.
    private void Transfer(string operation, int count) => _ = operation == "read"
        ? Shell.Run("dd", $"if={_disk.Path}", "of=/dev/null", "bs=4k", $"count={count}", "iflag=direct")
        : Shell.Run("dd", "if=/dev/zero", $"of={_disk.Path}", "bs=4k", $"count={count}", "oflag=direct", "conv=notrunc");
}
