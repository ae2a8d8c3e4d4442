using EbpfAgent.Host;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Host;

public sealed class LinuxHostTests
{
    [Fact]
    public void A_host_that_has_nothing_answers_nothing_and_throws_nothing()
    {
        using var root = new FakeRoot();
        foreach (LinuxHost host in new[] { root.Host, new LinuxHost(root["nowhere"], root.Time, new FileCalls()) })
        {
            Assert.Null(host.DeviceName(8, 0));
            Assert.Null(host.KernelSymbol(ulong.MaxValue));
            Assert.Null(host.InterfaceName(1));
            Assert.Null(host.NetworkNamespaceName(1));
            Assert.Null(host.CgroupPath(1));
            Assert.Empty(host.CgroupPaths());
            Assert.Null(host.UserName(0));
            Assert.Null(host.ProcessName(1));
            Assert.Null(host.PciVendor(0x8086));
            Assert.Null(host.PciDevice(0x8086, 0x1533));
            Assert.Null(host.PciClass(2));
            Assert.Null(host.PciSubclass(2, 0));
            Assert.Null(host.UserSymbol(1, 0x1000));
        }
    }

    [Fact]
    public void The_architecture_is_as_uname_has_it() => Assert.Contains(new LinuxHost("/", TimeProvider.System, new FileCalls()).Architecture, new[] { "x86_64", "aarch64" });

    [Fact]
    public async Task Many_threads_get_the_same_answers()
    {
        using var root = new FakeRoot();
        root.Write("proc/kallsyms", "ffffffff81000000 T one\nffffffff81000100 T two\n");
        root.Write("etc/passwd", "root:x:0:0::/:/bin/sh\n");
        root.Write("proc/7/comm", "seven\n");
        root.Write("sys/class/net/eth0/ifindex", "2\n");

        string?[][] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 200).Select(_ =>
            $"{root.Host.KernelSymbol(0xffffffff81000104)} {root.Host.UserName(0)} {root.Host.ProcessName(7)} {root.Host.InterfaceName(2)}").ToArray<string?>())));

        Assert.All(answers.SelectMany(static answer => answer), static answer => Assert.Equal("two root seven eth0", answer));
    }
}
