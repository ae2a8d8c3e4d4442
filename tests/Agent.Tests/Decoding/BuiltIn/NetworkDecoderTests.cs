using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary><c>ip</c>, <c>port</c>, <c>mac</c>, <c>dname</c>.</summary>
public sealed class NetworkDecoderTests
{
    [Theory]
    [InlineData("00000000", "0.0.0.0")]
    [InlineData("01020304", "1.2.3.4")]
    [InlineData("ffffffff", "255.255.255.255")]
    [InlineData("00000000000000000000000000000000", "::")]
    [InlineData("00000000000000000000000000000001", "::1")]
    [InlineData("00010000000000000000000000000000", "1::")]
    [InlineData("2400cb00000410240000 00000000a29e", "2400:cb00:4:1024::a29e")]
    [InlineData("2400cb0000041024000000 00a29efd8f", "2400:cb00:4:1024::a29e:fd8f")]
    [InlineData("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1")]
    [InlineData("20010000000000010000000000000001", "2001:0:0:1::1")]
    [InlineData("20010db8000000000001000000000001", "2001:db8::1:0:0:1")]
    [InlineData("ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("00000000000000000000ffff7f000001", "127.0.0.1")]
    [InlineData("0000000000000000000000007f000001", "::7f00:1")]
    [InlineData("fe8000000000000000005efe0a000001", "fe80::5efe:a00:1")]
    public void Ip_writes_both_versions_as_RFC_5952_does(string hex, string text) => Assert.Equal(text, Chain.First("ip", hex));

    [Theory]
    [InlineData("ip", "0100007f", "127.0.0.1")]
    [InlineData("port", "bb01", "443")]
    [InlineData("port", "bb010000", "443")]
    [InlineData("port", "ffff", "65535")]
    [InlineData("port", "00000100", "unknown:65536")]
    public void The_machines_own_order_is_an_option(string decoder, string hex, string text) =>
        Assert.Equal(text, Chain.First(InOrder(decoder, "host"), Chain.Bytes(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("7f0000")]
    [InlineData("7f00000100")]
    [InlineData("0000000000000000000000007f00000100")]
    public void Ip_takes_4_or_16_bytes(string hex) =>
        Assert.Equal($"{hex.Length / 2} bytes are no IP address; 4 or 16 are", Assert.Throws<DecodeException>(() => Chain.First("ip", hex)).Message);

    [Fact]
    public void An_IPv6_address_has_no_other_order() =>
        Assert.Contains("always in network order", Assert.Throws<DecodeException>(() => Chain.First(InOrder("ip", "host"), new byte[16])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ip")]
    [InlineData("port")]
    public void There_are_two_orders(string decoder)
    {
        Assert.Equal($"the option \"order\" of '{decoder}' is 'big'; it is \"network\" or \"host\"", Chain.Refusal(InOrder(decoder, "big")));
        Assert.Equal(
            $"the decoder '{decoder}' has no option \"endian\"; it has \"order\"",
            Chain.Refusal(new DecoderSpec(decoder) { Options = new Dictionary<string, string> { ["endian"] = "host" } }));
    }

    [Theory]
    [InlineData("0000", "0")]
    [InlineData("01bb", "443")]
    [InlineData("ffff", "65535")]
    public void Port_is_in_network_order(string hex, string text) => Assert.Equal(text, Chain.First("port", hex));

    [Theory]
    [InlineData("443", "443")]
    [InlineData("70000", "unknown:70000")]
    [InlineData("-1", "unknown:-1")]
    public void A_ports_text_is_a_number(string text, string expected) => Assert.Equal(expected, Chain.Later("port", text));

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("01bb0000")]
    public void A_port_in_network_order_has_2_bytes(string hex) =>
        Assert.StartsWith($"{hex.Length / 2} bytes are no port in network order; 2 are.", Assert.Throws<DecodeException>(() => Chain.First("port", hex)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("000000000000", "00:00:00:00:00:00")]
    [InlineData("525400123456", "52:54:00:12:34:56")]
    [InlineData("ffffffffffff", "ff:ff:ff:ff:ff:ff")]
    public void Mac_has_six_bytes(string hex, string text) => Assert.Equal(text, Chain.First("mac", hex));

    [Theory]
    [InlineData("")]
    [InlineData("5254001234")]
    [InlineData("52540012345600")]
    public void Mac_has_no_other_size(string hex) =>
        Assert.Equal($"{hex.Length / 2} bytes are no hardware address; 6 are", Assert.Throws<DecodeException>(() => Chain.First("mac", hex)).Message);

    [Theory]
    [InlineData("", ".")]
    [InlineData("00", ".")]
    [InlineData("0000000000", ".")]
    [InlineData("03636f6d00", "com")]
    [InlineData("03636f6d", "com")]
    [InlineData("076578616d706c6503636f6d00ffff", "example.com")]
    [InlineData("04612e625c00", "a\\.b\\\\")]
    [InlineData("0420c3a47f00", "\\032\\195\\164\\127")]
    public void Dname_is_written_as_in_a_zone_file(string hex, string text) => Assert.Equal(text, Chain.First("dname", hex));

    [Fact]
    public void Dname_takes_labels_of_63_bytes_and_no_longer()
    {
        byte[] name = [63, .. Enumerable.Repeat((byte)'a', 63), 0];
        Assert.Equal(new string('a', 63), Chain.First(new("dname"), name));
        name[0] = 64;
        Assert.Equal("a DNS label's length is 64, above 63: the name is compressed, or is none", Assert.Throws<DecodeException>(() => Chain.First(new("dname"), name)).Message);
    }

    [Theory]
    [InlineData("c00c", "a DNS label's length is 192")]
    [InlineData("0361", "a DNS label of 3 bytes has only 1 left")]
    [InlineData("01610362", "a DNS label of 3 bytes has only 1 left")]
    [InlineData("01", "a DNS label of 1 bytes has only 0 left")]
    public void Dname_refuses_compressed_and_cut_names(string hex, string message) =>
        Assert.StartsWith(message, Assert.Throws<DecodeException>(() => Chain.First("dname", hex)).Message, StringComparison.Ordinal);

    private static DecoderSpec InOrder(string decoder, string order) => new(decoder) { Options = new Dictionary<string, string> { ["order"] = order } };
}
