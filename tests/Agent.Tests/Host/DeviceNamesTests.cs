namespace EbpfAgent.Tests.Host;

public sealed class DeviceNamesTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("../../devices/pci0000:00/ata1/host0/block/sda/sda1", "sda1")]
    [InlineData("../../devices/virtual/block/loop3/", "loop3")]
    [InlineData("../../devices/pci0/block/cciss!c0d0", "cciss/c0d0")]
    [InlineData("sda", "sda")]
    public void The_name_is_the_last_part_of_the_link_with_slashes_for_exclamation_marks(string target, string name)
    {
        Link(8, 1, target);

        Assert.Equal(name, _root.Host.DeviceName(8, 1));
    }

    [Fact]
    public void An_unknown_number_has_no_name()
    {
        _root.Folder("sys/dev/block/9:9");
        _root.Link("sys/dev/char/1:3", "../../devices/virtual/mem/null");

        Assert.Null(_root.Host.DeviceName(uint.MaxValue, uint.MaxValue));
        Assert.Null(_root.Host.DeviceName(9, 9));
        Assert.Null(_root.Host.DeviceName(1, 3));
    }

    [Fact]
    public void A_replaced_device_is_seen_after_a_minute()
    {
        Link(7, 0, "../../devices/virtual/block/loop0");
        Assert.Equal("loop0", _root.Host.DeviceName(7, 0));
        Link(7, 0, "../../devices/virtual/block/zram0");

        _root.Pass(59);
        Assert.Equal("loop0", _root.Host.DeviceName(7, 0));
        _root.Pass(1);
        Assert.Equal("zram0", _root.Host.DeviceName(7, 0));
    }

    [Fact]
    public void A_device_that_is_gone_keeps_its_name()
    {
        Link(7, 0, "../../devices/virtual/block/loop0");
        Assert.Equal("loop0", _root.Host.DeviceName(7, 0));
        _root.Delete("sys/dev/block/7:0");
        _root.Pass(3600);

        Assert.Equal("loop0", _root.Host.DeviceName(7, 0));
    }

    [Fact]
    public void A_device_that_appears_is_seen_after_a_minute()
    {
        Assert.Null(_root.Host.DeviceName(7, 3));
        Link(7, 3, "../../devices/virtual/block/loop3");

        Assert.Null(_root.Host.DeviceName(7, 3));
        _root.Pass(60);
        Assert.Equal("loop3", _root.Host.DeviceName(7, 3));
    }

    [Fact]
    public void The_cache_is_bounded()
    {
        Link(7, 0, "../../devices/virtual/block/loop0");
        Assert.Equal("loop0", _root.Host.DeviceName(7, 0));
        for (uint minor = 1; minor <= 1024; minor++) Assert.Null(_root.Host.DeviceName(1, minor));

        // Read again although its minute isn't over: the cache was emptied when it was full.
        Link(7, 0, "../../devices/virtual/block/zram0");
        Assert.Equal("zram0", _root.Host.DeviceName(7, 0));
    }

    private void Link(uint major, uint minor, string target) => _root.Link($"sys/dev/block/{major}:{minor}", target);
}
