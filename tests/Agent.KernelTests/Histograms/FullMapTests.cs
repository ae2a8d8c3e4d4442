using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Histograms;

/// <summary>A map of four entries: what has no room is counted, to the last observation.</summary>
public sealed class FullMapTests : KernelTest, IDisposable
{
    private readonly PolledPlugin _plugin = new(new TestPlugin("schemes.bpf.o", TestMetric.Of<DiskKey>("tiny")));

    public void Dispose() => _plugin.Dispose();

    [Fact]
    public void Observations_without_room_are_failed_inserts()
    {
        for (ulong key = 0; key < 9; key++)
        {
            for (int i = 0; i < 3; i++) _plugin.Observe("observe_tiny", 1, key);
        }

        Scrape scrape = _plugin.Poll();
        Assert.Equal(4, _plugin["tiny"].Entries);
        Assert.Equal(15UL, _plugin["tiny"].FailedInserts);
        for (int key = 0; key < 4; key++) Assert.Equal(3UL, scrape.Count("tiny", ("minor", $"{key}")));
        Assert.Equal(4, scrape.Samples.Count(static sample => sample.Name == "tiny_count"));
    }

    [Fact]
    public void Keys_that_have_an_entry_are_counted_on()
    {
        for (ulong key = 0; key < 5; key++) _plugin.Observe("observe_tiny", 1, key);
        for (int i = 0; i < 100; i++) _plugin.Observe("observe_tiny", 1, key: 3);
        Assert.Equal(101UL, _plugin.Poll().Count("tiny", ("minor", "3")));
        Assert.Equal(1UL, _plugin["tiny"].FailedInserts);
    }
}
