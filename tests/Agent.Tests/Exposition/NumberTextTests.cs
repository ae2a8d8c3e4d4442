using System.Text;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Exposition;

public sealed class NumberTextTests
{
    [Fact]
    public void A_counter_is_a_line_for_each_series() => Assert.Equal(
        """
        # HELP c_total Help.
        # TYPE c_total counter
        c_total{a="1"} 18446744073709551615
        c_total 0

        """,
        Write(FamilyKind.Counter, NumberKind.Unsigned, UnitScale.One, ("a=\"1\"", ulong.MaxValue), ("", 0)));

    [Fact]
    public void Nanoseconds_of_a_counter_are_seconds_to_the_last_digit() =>
        Assert.Contains("c_total{a=\"1\"} 9007199.254740993\n", Write(FamilyKind.Counter, NumberKind.Unsigned, UnitScale.Nanoseconds, ("a=\"1\"", 9_007_199_254_740_993)), StringComparison.Ordinal);

    [Theory]
    [InlineData(-1L, "-1")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void A_gauge_may_be_negative(long value, string text)
    {
        string written = Write(FamilyKind.Gauge, NumberKind.Signed, UnitScale.One, ("", (ulong)value));
        Assert.Contains("# TYPE c_total gauge\n", written, StringComparison.Ordinal);
        Assert.Contains($"c_total {text}\n", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1e300, "1E+300")]
    public void A_gauge_may_be_any_float(double value, string text) =>
        Assert.Contains($"c_total {text}\n", Write(FamilyKind.Gauge, NumberKind.Float, UnitScale.One, ("", BitConverter.DoubleToUInt64Bits(value))), StringComparison.Ordinal);

    [Fact]
    public void Writing_allocates_nothing()
    {
        SeriesTable table = Table(("a=\"1\"", BitConverter.DoubleToUInt64Bits(0.125)), ("a=\"2\"", BitConverter.DoubleToUInt64Bits(1e10)));
        FamilyText text = FamilyText.For(Description(FamilyKind.Gauge, NumberKind.Float, UnitScale.One));
        var buffer = new ExpositionBuffer();
        text.Write(table, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            buffer.Clear();
            text.Write(table, buffer);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Write(FamilyKind kind, NumberKind number, UnitScale scale, params (string Labels, ulong Number)[] series)
    {
        var buffer = new ExpositionBuffer();
        FamilyText.For(Description(kind, number, scale)).Write(Table(series), buffer);
        return Encoding.UTF8.GetString(buffer[0].Span);
    }

    private static FamilyDescription Description(FamilyKind kind, NumberKind number, UnitScale scale) =>
        new("c_total", "Help.", ["a"], BucketScheme.None(scale), HasSum: false) { Kind = kind, Number = number };

    private static SeriesTable Table(params (string Labels, ulong Number)[] series)
    {
        var table = new SeriesTable(1);
        foreach ((string labels, ulong number) in series) table.Totals(table.Add(labels))[0] = number;
        return table;
    }
}
