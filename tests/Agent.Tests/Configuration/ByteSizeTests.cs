using CsCheck;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0B", 0)]
    [InlineData("4096B", 4096)]
    [InlineData("64KiB", 65_536)]
    [InlineData("64MiB", 67_108_864)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("9223372036854775807B", long.MaxValue)]
    public void A_size_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("64")]
    [InlineData("64MB")]
    [InlineData("64M")]
    [InlineData("64mib")]
    [InlineData("64 MiB")]
    [InlineData("1.5MiB")]
    [InlineData("-1B")]
    [InlineData("9223372036854775808B")]
    [InlineData("8589934592GiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void Every_size_survives_writing_and_reading() =>
        Gen.Long[0, long.MaxValue].Select(Gen.Int[0, 62], (bytes, shift) => bytes >> shift << (shift / 2)).Where(bytes => bytes >= 0)
            .Sample(bytes => ByteSize.TryParse(ByteSize.Format(bytes), out long value) && value == bytes);
}
