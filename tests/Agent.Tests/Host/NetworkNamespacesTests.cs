namespace EbpfAgent.Tests.Host;

public sealed class NetworkNamespacesTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_namespace_has_the_name_of_its_file()
    {
        _root.Write("run/netns/blue", "");
        _root.Write("run/netns/red", "");

        Assert.Equal("blue", Name("run/netns/blue"));
        Assert.Equal("red", Name("run/netns/red"));
        Assert.Null(_root.Host.NetworkNamespaceName(0));
        Assert.Null(_root.Host.NetworkNamespaceName(uint.MaxValue));
    }

    [Fact]
    public void That_of_process_1_is_the_hosts()
    {
        _root.Write("ns/net", "");
        _root.Link("proc/1/ns/net", _root["ns/net"]);

        Assert.Equal("host", Name("ns/net"));
    }

    [Fact]
    public void A_name_of_its_own_is_taken_first_and_of_two_the_first()
    {
        _root.Write("ns/net", "");
        foreach (string link in new[] { "proc/1/ns/net", "run/netns/zebra", "run/netns/ape" }) _root.Link(link, _root["ns/net"]);

        Assert.Equal("ape", Name("ns/net"));
    }

    [Fact]
    public void One_that_comes_is_seen_after_a_second_and_one_that_is_gone_keeps_its_name()
    {
        _root.Folder("run/netns");
        Assert.Null(_root.Host.NetworkNamespaceName(1));
        _root.Write("run/netns/late", "");
        uint inode = (uint)_root.Inode("run/netns/late");
        Assert.Null(_root.Host.NetworkNamespaceName(inode));
        _root.Pass(1);
        Assert.Equal("late", _root.Host.NetworkNamespaceName(inode));

        _root.Delete("run/netns/late");
        _root.Pass(60);
        Assert.Equal("late", _root.Host.NetworkNamespaceName(inode));
    }

    private string? Name(string path) => _root.Host.NetworkNamespaceName((uint)_root.Inode(path));
}
