using System.Text;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;
using EbpfAgent.Series;
using Prometheus;

namespace EbpfAgent.Tests.Exposition;

/// <summary>The same observations, written by prometheus-net and by the agent: every line of the one is a line of the other.</summary>
public sealed class ReferenceTextTests
{
    private static readonly double[] Bounds = [0.25, 0.5, 1, 2];
    private static readonly string[] Names = ["device", "operation"];

    [Theory]
    [InlineData("sda", "read")]
    [InlineData("a\"b\\c\nd", "größe")]
    [InlineData("", "{}=,")]
    public async Task A_histogram_is_written_line_by_line_as_prometheus_net_writes_it(string device, string operation)
    {
        ulong[] slots = [3, 0, 2, 1, 4];
        Assert.Equal(await ReferenceAsync([device, operation], slots), Ours([device, operation], slots));
    }

    private static async Task<string[]> ReferenceAsync(string[] values, ulong[] slots)
    {
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        Histogram histogram = Metrics.WithCustomRegistry(registry).CreateHistogram("x_seconds", "A test.", Names, new HistogramConfiguration { Buckets = Bounds });
        for (int slot = 0; slot < slots.Length; slot++)
        {
            // A value on its bound belongs below it; the last slot's lies above every bound.
            for (ulong i = 0; i < slots[slot]; i++) histogram.WithLabels(values).Observe(slot < Bounds.Length ? Bounds[slot] : 4);
        }

        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text);
        return Lines(Encoding.UTF8.GetString(text.ToArray()));
    }

    private static string[] Ours(string[] values, ulong[] slots)
    {
        BucketScheme scheme = BucketScheme.Seconds(-2, 1);
        var series = new SeriesTable(scheme.Slots + 1);
        Span<ulong> totals = series.Totals(series.Add(LabelText.Format(Names, values)));
        totals[0] = 20_750_000_000;
        slots.CopyTo(totals[1..]);
        var buffer = new ExpositionBuffer();
        new HistogramText(new FamilyDescription("x_seconds", "A test.", Names, scheme, HasSum: true)).Write(series, buffer);
        return Lines(Encoding.UTF8.GetString(buffer[0].Span));
    }

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
}
