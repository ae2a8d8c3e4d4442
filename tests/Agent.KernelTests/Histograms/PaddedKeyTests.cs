using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Histograms;

/// <summary>Padding makes several entries of one key; the labels are what counts.</summary>
public sealed class PaddedKeyTests : KernelTest
{
    [Fact]
    public void Entries_that_differ_in_padding_only_are_one_series_and_a_warning_says_so()
    {
        var log = new ListLogger();
        using var plugin = new PolledPlugin(new TestPlugin("schemes.bpf.o", Fixture.Read("schemes.bpf.o"), log, TestMetric.Of<PaddedKey>("padded")));
        foreach (ulong junk in new ulong[] { 0, 1, 0xabcdef })
        {
            for (int i = 0; i < 5; i++) plugin.Observe("observe_padded", 3, key: 9, junk);
        }

        Scrape scrape = plugin.Poll();
        Assert.Equal(3, plugin["padded"].Entries);
        Assert.Equal(15UL, scrape.Count("padded", ("a", "9"), ("b", "9")));
        Assert.Equal("45", scrape.Find("padded_sum"));
        string warning = Assert.Single(log.Messages(LogLevel.Warning));
        Assert.Contains("Map 'padded': the key struct padded_key has padding at bytes 1 to 3", warning, StringComparison.Ordinal);
    }
}
