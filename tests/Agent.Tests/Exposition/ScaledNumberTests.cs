using System.Globalization;
using System.Text;
using CsCheck;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;

namespace EbpfAgent.Tests.Exposition;

public sealed class ScaledNumberTests
{
    [Theory]
    [InlineData(0UL, "0")]
    [InlineData(1UL, "0.000000001")]
    [InlineData(1_000_000_000UL, "1")]
    [InlineData(1_500_000_000UL, "1.5")]
    [InlineData(9_007_199_254_740_993UL, "9007199.254740993")]
    [InlineData(ulong.MaxValue, "18446744073.709551615")]
    public void Nanoseconds_are_written_as_seconds_to_the_last_digit(ulong value, string text) => Assert.Equal(text, Write(value, UnitScale.Nanoseconds));

    [Fact]
    public void A_scale_of_one_keeps_every_digit() => Assert.Equal("18446744073709551615", Write(ulong.MaxValue, UnitScale.One));

    [Fact]
    public void A_scale_that_is_no_power_of_ten_rounds_once() => Assert.Equal("4096000", Write(1000, UnitScale.From(4096)));

    [Fact]
    public void Any_power_of_ten_is_exact() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 18]).Sample(static (value, decimals) =>
        {
            decimal expected = value / (decimal)Math.Pow(10, decimals);
            return decimal.Parse(Write(value, UnitScale.From(1 / Math.Pow(10, decimals))), CultureInfo.InvariantCulture) == expected;
        });

    private static string Write(ulong value, UnitScale scale)
    {
        byte[] buffer = new byte[ScaledNumber.Room];
        return Encoding.UTF8.GetString(buffer, 0, ScaledNumber.Write(value, scale, buffer));
    }
}
