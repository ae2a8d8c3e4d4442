namespace EbpfAgent.Tests.Host;

public sealed class PciNamesTests : IDisposable
{
    private const string List =
        "# A comment\n" +
        "\n" +
        "1af4  Red Hat, Inc.\n" +
        "\t1000  Virtio network device\n" +
        "\t\t01de fffb  Propolis Virtio network device\n" +
        "\t1041  Virtio 1.0 network device\r\n" +
        "8086  Intel Corporation\n" +
        "\t1533  I210 Gigabit \u00ae Network Connection\n" +
        "\t15  too few digits\n" +
        "\t1534no blank\n" +
        "\t1535  \n" +
        "no number at all\n" +
        "\t1536  belongs to nobody\n" +
        "ffff  Illegal Vendor ID\n" +
        "\tffff  Last\n" +
        "C 00  Unclassified device\n" +
        "\t01  VGA compatible unclassified device\n" +
        "C 02  Network controller\n" +
        "\t00  Ethernet controller\n" +
        "\t\t01  an interface\n" +
        "\t80  Network controller\n" +
        "\t0100  too many digits\n" +
        "C ff  Unassigned class\n" +
        "\tff  Nothing";

    private readonly FakeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(0x1af4, "Red Hat, Inc.")]
    [InlineData(0x8086, "Intel Corporation")]
    [InlineData(0xffff, "Illegal Vendor ID")]
    [InlineData(0, null)]
    [InlineData(0x01de, null)]
    public void A_vendor_has_its_name(ushort vendor, string? name) => Assert.Equal(name, Written().Host.PciVendor(vendor));

    [Theory]
    [InlineData(0x1af4, 0x1000, "Virtio network device")]
    [InlineData(0x1af4, 0x1041, "Virtio 1.0 network device")]
    [InlineData(0x8086, 0x1533, "I210 Gigabit \u00ae Network Connection")]
    [InlineData(0xffff, 0xffff, "Last")]
    [InlineData(0x8086, 0x1000, null)]
    [InlineData(0x8086, 0x0015, null)]
    [InlineData(0x8086, 0x1534, null)]
    [InlineData(0x8086, 0x1535, null)]
    [InlineData(0x8086, 0x1536, null)]
    [InlineData(0, 0, null)]
    public void A_device_has_its_name_with_its_vendor(ushort vendor, ushort device, string? name) => Assert.Equal(name, Written().Host.PciDevice(vendor, device));

    [Theory]
    [InlineData(0, "Unclassified device")]
    [InlineData(2, "Network controller")]
    [InlineData(0xff, "Unassigned class")]
    [InlineData(1, null)]
    public void A_class_has_its_name(byte deviceClass, string? name) => Assert.Equal(name, Written().Host.PciClass(deviceClass));

    [Theory]
    [InlineData(0, 1, "VGA compatible unclassified device")]
    [InlineData(2, 0, "Ethernet controller")]
    [InlineData(2, 0x80, "Network controller")]
    [InlineData(0xff, 0xff, "Nothing")]
    [InlineData(0, 0, null)]
    [InlineData(2, 1, null)]
    public void A_subclass_has_its_name_with_its_class(byte deviceClass, byte subclass, string? name) => Assert.Equal(name, Written().Host.PciSubclass(deviceClass, subclass));

    [Theory]
    [InlineData("usr/share/misc/pci.ids")]
    [InlineData("usr/share/hwdata/pci.ids")]
    [InlineData("usr/share/pci.ids")]
    public void The_list_is_where_distributions_have_it(string place)
    {
        _root.Write(place, List);

        Assert.Equal("Intel Corporation", _root.Host.PciVendor(0x8086));
    }

    [Fact]
    public void A_list_that_comes_is_read_after_a_minute_and_stays()
    {
        Assert.Null(_root.Host.PciVendor(0x8086));
        Written();
        _root.Pass(59);
        Assert.Null(_root.Host.PciVendor(0x8086));
        _root.Pass(1);
        Assert.Equal("Intel Corporation", _root.Host.PciVendor(0x8086));
        _root.Delete("usr");
        _root.Pass(3600);

        Assert.Equal("Intel Corporation", _root.Host.PciVendor(0x8086));
    }

    private FakeRoot Written()
    {
        _root.Write("usr/share/misc/pci.ids", List);
        return _root;
    }
}
