using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Histograms;

/// <summary>N observations in the kernel are N in the text, each under its own bound, for each scheme.</summary>
public sealed class SchemeTests : KernelTest, IDisposable
{
    private readonly PolledPlugin _plugin = new(new TestPlugin("schemes.bpf.o", [.. Maps.Select(static map => TestMetric.Of<DiskKey>(map))]));

    private static readonly string[] Maps = ["by_log2", "by_seconds", "by_linear", "by_bounds", "on_demand"];

    public static TheoryData<string> Schemes => [.. Maps];

    public void Dispose() => _plugin.Dispose();

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Each_value_lands_under_the_smallest_bound_that_is_not_below_it(string map)
    {
        var scheme = SchemeCase.Of(map);
        for (int i = 0; i < SchemeCase.Edges.Count; i++) _plugin.Observe(scheme.Program, SchemeCase.Edges[i], (ulong)i, cpu: i % PossibleCpus.Count);
        Scrape scrape = _plugin.Poll();
        int lost = 0;
        for (int i = 0; i < SchemeCase.Edges.Count; i++)
        {
            ulong value = SchemeCase.Edges[i];
            IReadOnlyList<(string Le, ulong Count)> buckets = scrape.Buckets(map, ("minor", $"{i}"));
            // An allocation on demand may fail, and is counted then: see HISTOGRAM_ON_DEMAND.
            if (map == "on_demand" && buckets.Count == 0 && ++lost > 0) continue;
            Assert.Equal(scheme.Bounds.Length + 1, buckets.Count);
            int slot = buckets.TakeWhile(static bucket => bucket.Count == 0).Count();
            Assert.True(slot == scheme.SlotOf(value), $"{value} is under le=\"{buckets[slot].Le}\", and belongs under le=\"{buckets[scheme.SlotOf(value)].Le}\"");
            Assert.True(scheme.IsBoundOf(buckets[slot].Le, slot), $"le=\"{buckets[slot].Le}\" is not the bound of slot {slot}");
            Assert.Equal(1UL, buckets[^1].Count);
            Assert.Equal(value, ExactSum(scrape.Find(map + "_sum", ("minor", $"{i}"))!, scheme.UnitsPerOne));
        }

        Assert.Equal((ulong)lost, _plugin[map].FailedInserts);
        Assert.True(lost < SchemeCase.Edges.Count / 2, $"{lost} inserts failed");
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Every_slot_and_the_sum_modulo_2_to_the_64_are_exact_over_all_CPUs(string map)
    {
        var scheme = SchemeCase.Of(map);
        ulong lost = CreateEntry(scheme, key: 7);
        ulong[] slots = new ulong[scheme.Bounds.Length + 1];
        slots[0] = 1;
        ulong sum = 0;
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++)
        {
            foreach (ulong value in SchemeCase.Edges)
            {
                _plugin.Observe(scheme.Program, value, key: 7, cpu: cpu);
                slots[scheme.SlotOf(value)]++;
                sum = unchecked(sum + value);
            }
        }

        _plugin.Poll();
        lock (_plugin[map].Families[0].Gate)
        {
            Assert.Equal(1, _plugin[map].Families[0].Series.Count);
            Assert.Equal([sum, .. slots], _plugin[map].Families[0].Series.Totals(0).ToArray());
        }

        Assert.Equal(lost, _plugin[map].FailedInserts);
    }

    [Fact]
    public void Counts_of_one_CPU_go_on_where_those_of_another_stood()
    {
        _plugin.Observe("observe_by_log2", 1, key: 1, cpu: 0);
        Assert.Equal(1UL, _plugin.Poll().Count("by_log2"));
        _plugin.Observe("observe_by_log2", 1, key: 1, cpu: PossibleCpus.Count - 1);
        _plugin.Observe("observe_by_log2", 1, key: 1, cpu: 0);
        Assert.Equal(3UL, _plugin.Poll().Count("by_log2"));
        Assert.Equal(3UL, _plugin.Poll().Count("by_log2"));
    }

    [Fact]
    public void A_program_that_was_not_run_has_counted_nothing() => Assert.Empty(_plugin.Poll().Samples);

    // Observes a 0, which only a map that allocates on demand may need to be told again; says how often.
    private ulong CreateEntry(SchemeCase scheme, ulong key)
    {
        for (ulong lost = 0; lost < 100; lost++)
        {
            _plugin.Observe(scheme.Program, 0, key);
            if (_plugin.Poll().Count(scheme.Map) == 1) return lost;
            Assert.Equal("on_demand", scheme.Map);
        }

        throw new InvalidOperationException("there is no memory for an entry");
    }

    // Written in nanoseconds with nine digits after the point at most: what a double would round is here to the last digit.
    private static ulong ExactSum(string text, uint unitsPerOne) =>
        (ulong)(decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unitsPerOne);
}
