using System.Text;
using EbpfAgent.Folding;
using EbpfAgent.Series;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Series;

/// <summary>Families of three slots (1, 2, +Inf) and keys of a byte, polled as a test says.</summary>
public abstract class FamilyTest
{
    private protected FakeTimeProvider Time { get; } = new();

    private protected static StubDecoder ByNumber() => new(static key => [$"{key}"], "key");

    private protected static StubDecoder ByParity() => new(static key => [key % 2 == 0 ? "even" : "odd"], "key");

    private protected static StubDecoder All(string value) => new(_ => [value], "key");

    private protected static SeriesLimits Limits(int maxSeries = 1000) => new(maxSeries, 64);

    private protected static void Stage(CumulativeFamily family, params ReadOnlySpan<(byte Key, ulong[] Words)> entries)
    {
        family.Begin();
        foreach ((byte key, ulong[] words) in entries) words.CopyTo(family.Stage([key]));
    }

    private protected static void Poll(CumulativeFamily family, params ReadOnlySpan<(byte Key, ulong[] Words)> entries)
    {
        Stage(family, entries);
        lock (family.Gate) family.Commit();
    }

    private protected CumulativeFamily Family(StubDecoder decoder, SeriesLimits? limits = null, bool hasSum = true, BucketScheme? scheme = null, string reading = "")
    {
        var description = new FamilyDescription("test_seconds", "A test.", decoder.LabelNames, scheme ?? BucketScheme.Explicit([1, 2], UnitScale.One), hasSum) { Reading = reading };
        return new CumulativeFamily(description, 1, decoder, limits ?? Limits(), new Lock(), Time);
    }

    private protected CumulativeFamily TakenOver(CumulativeFamily old, bool sameMap, StubDecoder decoder, SeriesLimits? limits = null)
    {
        CumulativeFamily family = Family(decoder, limits);
        family.TakeOver(old, sameMap);
        return family;
    }

    /// <summary>What a scrape sees: label text and words.</summary>
    private protected static Dictionary<string, ulong[]> Exposed(MetricFamily family)
    {
        SeriesTable series = family.Series;
        return Enumerable.Range(0, series.Places).Where(series.IsExposed)
            .ToDictionary(place => Encoding.UTF8.GetString(series.Labels(place)), place => series.Totals(place).ToArray());
    }

    /// <summary>The same as text: label values and first slots, in the order of the labels.</summary>
    private protected static string Counts(MetricFamily family) =>
        string.Join(' ', Exposed(family).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key.Replace("key=", "", StringComparison.Ordinal).Trim('"')}:{pair.Value[1]}"));
}
