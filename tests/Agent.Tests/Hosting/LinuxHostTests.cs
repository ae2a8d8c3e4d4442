using EbpfAgent.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Hosting;

public sealed class LinuxHostTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ebpf-agent-host-");
    private readonly FakeTimeProvider _time = new();
    private readonly LinuxHost _host;

    public LinuxHostTests()
    {
        _host = new LinuxHost(_root.FullName, _time);
        Directory.CreateDirectory(Block);
    }

    private string Block => Path.Combine(_root.FullName, "sys/dev/block");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void The_name_is_the_last_part_of_the_link()
    {
        Link("8:1", "../../devices/pci0000:00/ata1/host0/block/sda/sda1");

        Assert.Equal("sda1", _host.DeviceName(8, 1));
    }

    [Fact]
    public void An_exclamation_mark_stands_for_a_slash()
    {
        Link("104:0", "../../devices/pci0/block/cciss!c0d0");

        Assert.Equal("cciss/c0d0", _host.DeviceName(104, 0));
    }

    [Fact]
    public void An_unknown_number_has_no_name()
    {
        Directory.CreateDirectory(Path.Combine(Block, "9:9"));

        Assert.Null(_host.DeviceName(uint.MaxValue, uint.MaxValue));
        Assert.Null(_host.DeviceName(9, 9));
        Assert.Null(new LinuxHost(Path.Combine(_root.FullName, "nowhere"), _time).DeviceName(8, 1));
    }

    [Fact]
    public void A_replaced_device_is_seen_after_a_minute()
    {
        Link("7:0", "../../devices/virtual/block/loop0");
        Assert.Equal("loop0", _host.DeviceName(7, 0));
        Link("7:0", "../../devices/virtual/block/zram0");

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("loop0", _host.DeviceName(7, 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("zram0", _host.DeviceName(7, 0));
    }

    [Fact]
    public void A_device_that_appears_is_seen_after_a_minute()
    {
        Assert.Null(_host.DeviceName(7, 3));
        Link("7:3", "../../devices/virtual/block/loop3");

        Assert.Null(_host.DeviceName(7, 3));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("loop3", _host.DeviceName(7, 3));
    }

    [Fact]
    public void The_cache_is_bounded()
    {
        Link("7:0", "../../devices/virtual/block/loop0");
        Assert.Equal("loop0", _host.DeviceName(7, 0));
        for (uint minor = 1; minor <= 1024; minor++)
            Assert.Null(_host.DeviceName(1, minor));

        // Read again although its minute isn't over: the cache was emptied when it was full.
        Link("7:0", "../../devices/virtual/block/zram0");
        Assert.Equal("zram0", _host.DeviceName(7, 0));
    }

    private void Link(string number, string target)
    {
        File.Delete(Path.Combine(Block, number));
        File.CreateSymbolicLink(Path.Combine(Block, number), target);
    }
}
