using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Metrics;

/// <summary>
/// Keys are deleted and made anew during polls, a hundred and more a millisecond. No key that stays is missing from a poll that was kept, no value is above the truth of that moment, and in the end
/// what stays is exact.
/// </summary>
public sealed class ChurnTests : KernelTest
{
    private const int Polls = 60;
    private const int MostAttempts = 1000;
    private const int ReplacedAPoll = 100;

    [Theory]
    [InlineData("hash", false)]
    [InlineData("percpu_hash", false)]
    [InlineData("on_demand", false)]
    [InlineData("hash", true)]
    [InlineData("percpu_hash", true)]
    [InlineData("on_demand", true)]
    public void No_key_that_stays_is_missed_and_no_value_is_above_the_truth(string map, bool byKey)
    {
        using PolledPlugin plugin = MetricFolder.Load(
            "metrics_churn.bpf.o",
            byKey ? new KeyByKey() : null,
            host: null,
            $$"""{ "map": "{{map}}", "name": "total", "type": "counter" }""",
            $$"""{ "map": "{{map}}", "name": "level", "type": "gauge" }""");
        using var churn = new Churn(plugin.Running.Object, map);
        long replaced = 0;
        int kept = 0;
        for (int attempt = 0; kept < Polls && attempt < MostAttempts; attempt++)
        {
            (long least, long replacedBefore) = (churn.Least, churn.Replaced);
            // One that can't be kept, as the map changes faster than it is walked, changes nothing.
            if (TryPoll(plugin) is not { } scrape) continue;
            Check(scrape, churn, least, churn.Most);
            replaced += churn.Replaced - replacedBefore;
            kept++;
        }

        churn.Stop();
        Assert.Equal(Polls, kept);
        Assert.InRange(replaced, Polls * ReplacedAPoll, long.MaxValue);
        Assert.Equal(churn.Least, churn.Most);
        Check(plugin.Poll(), churn, churn.Least, churn.Most);
    }

    private static Scrape? TryPoll(PolledPlugin plugin)
    {
        try
        {
            return plugin.Poll();
        }
        catch (BpfException e) when (e.Message.Contains("changes faster than it can be read key by key", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static void Check(Scrape scrape, Churn churn, long least, long most)
    {
        Dictionary<int, long> totals = Values(scrape, "total"), levels = Values(scrape, "level");
        for (int id = 0; id < Churn.Stable; id++)
        {
            Assert.True(levels.ContainsKey(id), $"key {id} was missed");
            Assert.InRange(levels[id], least, most);
            Assert.InRange(totals[id], least, most);
        }

        for (int index = 0; index < Churn.Churned; index++)
        {
            long counted = (long)churn.CountedFor(index);
            Assert.InRange(totals.GetValueOrDefault(Churn.Stable + index), 0, counted);
            if (levels.TryGetValue(Churn.Stable + index, out long level)) Assert.Equal(1 + index, level);
        }
    }

    private static Dictionary<int, long> Values(Scrape scrape, string name) => scrape.Samples.Where(sample => sample.Name == name)
        .ToDictionary(static sample => int.Parse(sample.Labels["id"], CultureInfo.InvariantCulture), static sample => long.Parse(sample.Value, CultureInfo.InvariantCulture));
}
