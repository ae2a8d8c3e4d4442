using System.Globalization;
using CsCheck;
using EbpfAgent.Exposition;

namespace EbpfAgent.Tests.Exposition;

public sealed class GoNumberTests
{
    // The right column is what Go's strconv.FormatFloat(x, 'g', -1, 64) gives.
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(0.5, "0.5")]
    [InlineData(100000, "100000")]
    [InlineData(1000000, "1e+06")]
    [InlineData(1048576, "1.048576e+06")]
    [InlineData(123456.5, "123456.5")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(9.5367431640625e-07, "9.5367431640625e-07")]
    [InlineData(0.0009765625, "0.0009765625")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(18446744073709551616.0, "1.8446744073709552e+19")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void A_number_is_written_as_go_writes_it(double value, string text) => Assert.Equal(text, GoNumber.Format(value));

    [Fact]
    public void Every_number_can_be_read_back() =>
        Gen.Double.Where(double.IsFinite).Sample(static value => double.Parse(GoNumber.Format(value), CultureInfo.InvariantCulture) == value);
}
