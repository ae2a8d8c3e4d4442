using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;

namespace EbpfAgent.Tests.Bpf.Attaching;

/// <summary>Lists that the kernel keeps: CPUs, mounts, symbols.</summary>
public sealed class HostListTests : IDisposable
{
    private static readonly KernelFacts Kernel = new("6.1.0", true, 0);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void CPUs_are_the_same_list_while_the_file_is_the_same()
    {
        File.WriteAllText(_file, "0-1\n");
        var online = new CpuPlaces(_file);
        IReadOnlyList<Place> first = online.Now();
        Assert.Equal([new Place("CPU 0", 0), new Place("CPU 1", 1)], first);
        Assert.Same(first, online.Now());
        File.WriteAllText(_file, "1\n");
        Assert.Equal([new Place("CPU 1", 1)], online.Now());
    }

    [Theory]
    [InlineData("41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw", "/sys/fs/cgroup/unified")]
    [InlineData("41 31 0:38 / /sys/fs/cgroup rw,relatime shared:4 master:1 - cgroup2 none rw", "/sys/fs/cgroup")]
    [InlineData(@"41 31 0:38 / /mnt/my\040groups rw - cgroup2 none rw", "/mnt/my groups")]
    [InlineData("37 31 0:35 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", null)]
    [InlineData("cgroup2", null)]
    [InlineData("", null)]
    public void The_root_of_control_groups_is_found_in_the_mounts(string line, string? place) =>
        Assert.Equal(place, CgroupRoot.Find(["22 1 254:1 / / rw,relatime - ext4 /dev/vda rw", line]));

    [Fact]
    public void Addresses_of_symbols_are_those_of_the_first_of_a_name()
    {
        File.WriteAllText(_file, "ffffffff81000000 T _text\nffffffff81000040 t helper\nffffffff81000080 t helper\nffffffffc0000000 t in_module\t[module]\nbroken\n");
        Assert.Equal(
            new Dictionary<string, ulong> { ["helper"] = 0xffffffff81000040, ["in_module"] = 0xffffffffc0000000 },
            KernelSymbols.Find("a.bpf.o", ["helper", "in_module"], Kernel, _file).OrderBy(static one => one.Key));
        Assert.Empty(KernelSymbols.Find("a.bpf.o", [], Kernel, "/no/such/file"));
    }

    [Fact]
    public void Addresses_that_are_hidden_are_a_matter_of_rights()
    {
        File.WriteAllText(_file, "0000000000000000 T _text\n");
        var e = Assert.Throws<BpfException>(() => KernelSymbols.Find("a.bpf.o", ["_text"], Kernel, _file));
        Assert.Equal(
            (BpfFailure.Permission, $"a.bpf.o wants the addresses of kernel symbols, which {_file} shows as zeros; run the agent as root, or give it CAP_SYSLOG"), (e.Failure, e.Message));
    }
}
