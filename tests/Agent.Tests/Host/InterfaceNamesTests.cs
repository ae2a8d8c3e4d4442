namespace EbpfAgent.Tests.Host;

public sealed class InterfaceNamesTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public InterfaceNamesTests()
    {
        Interface("lo", "1");
        Interface("eth0", "2");
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "lo")]
    [InlineData(2, "eth0")]
    [InlineData(3, null)]
    [InlineData(uint.MaxValue, null)]
    public void An_index_has_its_name(uint index, string? name) => Assert.Equal(name, _root.Host.InterfaceName(index));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-3")]
    [InlineData("3 4")]
    [InlineData("4294967299")]
    public void What_is_no_index_is_left_out(string index)
    {
        Interface("odd", index);
        _root.Write("sys/class/net/bonding_masters", "");

        Assert.Null(_root.Host.InterfaceName(3));
        Assert.Equal("lo", _root.Host.InterfaceName(1));
    }

    [Fact]
    public void Odd_names_come_as_they_are()
    {
        Interface("a\"b{c}\u00e4\u0001", "7");

        Assert.Equal("a\"b{c}\u00e4\u0001", _root.Host.InterfaceName(7));
    }

    [Fact]
    public void A_link_to_a_folder_is_an_interface()
    {
        _root.Write("sys/devices/virtual/net/veth1/ifindex", "9\n");
        _root.Link("sys/class/net/veth1", "../../devices/virtual/net/veth1");

        Assert.Equal("veth1", _root.Host.InterfaceName(9));
    }

    [Fact]
    public void An_interface_that_comes_is_seen_when_it_is_asked_for_but_only_once_a_second_is_looked()
    {
        Assert.Null(_root.Host.InterfaceName(3));
        Interface("wg0", "3");

        _root.Pass(0.9);
        Assert.Null(_root.Host.InterfaceName(3));
        _root.Pass(0.1);
        Assert.Equal("wg0", _root.Host.InterfaceName(3));
    }

    [Fact]
    public void A_renamed_interface_is_seen_after_a_minute()
    {
        Assert.Equal("eth0", _root.Host.InterfaceName(2));
        Directory.Move(_root["sys/class/net/eth0"], _root["sys/class/net/uplink"]);

        _root.Pass(59);
        Assert.Equal("eth0", _root.Host.InterfaceName(2));
        _root.Pass(1);
        Assert.Equal("uplink", _root.Host.InterfaceName(2));
    }

    [Fact]
    public void One_that_is_gone_keeps_its_name_until_another_has_its_index()
    {
        Assert.Equal("eth0", _root.Host.InterfaceName(2));
        _root.Delete("sys/class/net/eth0");
        _root.Pass(60);
        Assert.Equal("eth0", _root.Host.InterfaceName(2));
        Interface("wlan0", "2");
        _root.Pass(60);

        Assert.Equal("wlan0", _root.Host.InterfaceName(2));
    }

    private void Interface(string name, string index) => _root.Write($"sys/class/net/{name}/ifindex", index + "\n");
}
