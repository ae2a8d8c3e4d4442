using System.Globalization;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Host;

public sealed class NetworkTests : HostTest
{
    [Fact]
    public void The_loopback_interface_has_index_1() => Assert.Equal("lo", Machine.InterfaceName(1));

    [Fact]
    public void An_interface_is_seen_when_it_comes_and_renamed_after_a_minute()
    {
        Assert.Null(Machine.InterfaceName(uint.MaxValue));
        Shell.Run("ip", "link", "add", "ebpfhost0", "type", "veth", "peer", "name", "ebpfhost1");
        try
        {
            uint index = uint.Parse(File.ReadAllText("/sys/class/net/ebpfhost0/ifindex"), CultureInfo.InvariantCulture);
            Assert.Null(Machine.InterfaceName(index));
            Pass(1);
            Assert.Equal("ebpfhost0", Machine.InterfaceName(index));
            Shell.Run("ip", "link", "set", "ebpfhost0", "name", "ebpfhost2");
            Assert.Equal("ebpfhost0", Machine.InterfaceName(index));
            Pass(60);
            Assert.Equal("ebpfhost2", Machine.InterfaceName(index));
        }
        finally
        {
            Shell.Run("ip", "link", "del", "ebpfhost1");
        }
    }

    [Fact]
    public void A_network_namespace_has_the_name_that_ip_netns_gave_it()
    {
        Shell.Run("ip", "netns", "add", "ebpf-agent-host-test");
        uint inode;
        try
        {
            // As the kernel itself tells it to a process in there: net:[4026532177].
            string link = Shell.Run("ip", "netns", "exec", "ebpf-agent-host-test", "readlink", "/proc/self/ns/net").Trim();
            inode = uint.Parse(link["net:[".Length..^1], CultureInfo.InvariantCulture);
            Assert.Equal("ebpf-agent-host-test", Machine.NetworkNamespaceName(inode));
        }
        finally
        {
            Shell.Run("ip", "netns", "del", "ebpf-agent-host-test");
        }

        Pass(60);
        Assert.Equal("ebpf-agent-host-test", Machine.NetworkNamespaceName(inode));
    }
}
