using System.Text;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Exposition;

public sealed class HistogramTextTests
{
    [Fact]
    public void A_family_is_written_as_the_golden_file_has_it()
    {
        SeriesTable series = Table(BucketScheme.Seconds(-2, 1));
        Set(series, LabelText.Format(["device", "operation"], ["sda", "read"]), [2_750_000_000, 1, 2, 0, 4, 0]);
        Set(series, LabelText.Format(["device", "operation"], ["a\"b\\c\nd", "größe"]), [ulong.MaxValue, 0, 0, 0, 0, 7]);
        string text = Write("ebpf_disk_io_latency_seconds", "Time from issue\nto \\ completion.", series, BucketScheme.Seconds(-2, 1), hasSum: true);
        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Exposition", "histogram.golden.txt")), text);
    }

    [Fact]
    public void Without_labels_only_buckets_have_braces()
    {
        SeriesTable series = Table(BucketScheme.Explicit([1], UnitScale.One));
        Set(series, "", [3, 1, 1]);
        Assert.Equal(
            "# HELP x h\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"+Inf\"} 2\nx_sum 3\nx_count 2\n",
            Write("x", "h", series, BucketScheme.Explicit([1], UnitScale.One), hasSum: true));
    }

    [Fact]
    public void A_sum_that_nobody_counted_is_not_written()
    {
        SeriesTable series = Table(BucketScheme.Explicit([1], UnitScale.One));
        Set(series, "", [0, 1, 1]);
        Assert.DoesNotContain("_sum", Write("x", "h", series, BucketScheme.Explicit([1], UnitScale.One), hasSum: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_without_series_is_not_written() =>
        Assert.Empty(Write("x", "h", Table(BucketScheme.Explicit([1], UnitScale.One)), BucketScheme.Explicit([1], UnitScale.One), hasSum: true));

    [Fact]
    public void Only_series_that_are_exposed_are_written()
    {
        BucketScheme scheme = BucketScheme.Explicit([1], UnitScale.One);
        SeriesTable series = Table(scheme);
        foreach (string label in new[] { "a", "b", "c" }) Set(series, $"x=\"{label}\"", [0, 1, 0]);
        series.Remove(0);
        series.SetState(1, SeriesState.Resting);
        string text = Write("x", "h", series, scheme, hasSum: false);
        Assert.Equal(["c"], text.Split('\n').Where(static line => line.StartsWith("x_count", StringComparison.Ordinal)).Select(static line => line.Split('"')[1]));
        series.SetState(2, SeriesState.Resting);
        Assert.Empty(Write("x", "h", series, scheme, hasSum: false));
    }

    [Fact]
    public void A_series_larger_than_a_chunk_fits()
    {
        BucketScheme scheme = BucketScheme.Linear(1, 1, 1023, UnitScale.One);
        SeriesTable series = Table(scheme);
        Set(series, LabelText.Format(["a"], [new string('x', 4000)]), [.. Enumerable.Repeat(1UL, 1025)]);
        string[] lines = Write("x", "h", series, scheme, hasSum: true).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2 + 1024 + 2, lines.Length);
        Assert.EndsWith("le=\"+Inf\"} 1024", lines[1025], StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_again_allocates_nothing()
    {
        BucketScheme scheme = BucketScheme.Seconds(-20, 5);
        SeriesTable series = Table(scheme);
        for (int i = 0; i < 500; i++) Set(series, $"device=\"sd{i}\"", [.. Enumerable.Repeat((ulong)i, 28)]);
        var writer = new HistogramText(Describe("x_seconds", "h", scheme, hasSum: true));
        var buffer = new ExpositionBuffer();
        writer.Write(series, buffer);
        buffer.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(series, buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SeriesTable Table(BucketScheme scheme) => new(scheme.Slots + 1);

    private static void Set(SeriesTable series, string labels, ulong[] totals) => totals.CopyTo(series.Totals(series.Add(labels)));

    private static FamilyDescription Describe(string name, string help, BucketScheme scheme, bool hasSum) => new(name, help, [], scheme, hasSum);

    private static string Write(string name, string help, SeriesTable series, BucketScheme scheme, bool hasSum)
    {
        var buffer = new ExpositionBuffer();
        new HistogramText(Describe(name, help, scheme, hasSum)).Write(series, buffer);
        var text = new StringBuilder();
        for (int chunk = 0; chunk < buffer.Chunks; chunk++) text.Append(Encoding.UTF8.GetString(buffer[chunk].Span));
        return text.ToString();
    }
}
