using System.Net;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8435", "127.0.0.1", 8435)]
    [InlineData("0.0.0.0:65535", "0.0.0.0", 65535)]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("[::]:80", "::", 80)]
    [InlineData("[2001:db8::a]:80", "2001:db8::a", 80)]
    public void An_address_is_read(string text, string address, int port)
    {
        Assert.True(ListenAddress.TryParse(text, out var listen));
        Assert.Equal(IPAddress.Parse(address), listen.Address);
        Assert.Equal(port, listen.Port);
        Assert.Equal(text, listen.ToString());
        Assert.False(listen.IsAny || listen.IsLocalhost);
    }

    [Theory]
    [InlineData("localhost:80", false, true)]
    [InlineData("*:80", true, false)]
    [InlineData("*:0", true, false)]
    public void A_name_stands_for_several_addresses(string text, bool any, bool localhost)
    {
        Assert.True(ListenAddress.TryParse(text, out var listen));
        Assert.Null(listen.Address);
        Assert.Equal((any, localhost), (listen.IsAny, listen.IsLocalhost));
        Assert.Equal(text, listen.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1: 80")]
    [InlineData("127.0.0.1:http")]
    [InlineData("127.1:80")]
    [InlineData("1:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("256.0.0.1:80")]
    [InlineData("::1:80")]
    [InlineData("[::1]")]
    [InlineData("[]:80")]
    [InlineData("[[::1]]:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("Localhost:80")]
    [InlineData("localhost:0")]
    [InlineData("example.org:80")]
    [InlineData("http://127.0.0.1:80")]
    public void What_is_no_address_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Fact]
    public void The_default_is_loopback_and_outside_the_exporters_ports()
    {
        Assert.True(IPAddress.IsLoopback(ListenAddress.Default.Address!));
        Assert.NotInRange(ListenAddress.Default.Port, 9100, 9999);
        Assert.True(ListenAddress.TryParse(ListenAddress.Default.ToString(), out var again));
        Assert.Equal(ListenAddress.Default, again);
    }
}
