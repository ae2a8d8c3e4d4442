using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

public sealed class MountTableTests
{
    private static readonly string[] Mounts =
    [
        "/dev/vda / ext4 rw 0 0",
        "sysfs /sys sysfs rw 0 0",
        "bpf /sys/fs/bpf bpf rw,mode=700 0 0",
        @"bpf /mnt/a\040b bpf rw 0 0",
        "bpf /covered bpf rw 0 0",
        "tmpfs /covered tmpfs rw 0 0",
        "tmpfs /sys/fs/bpf/x tmpfs rw 0 0",
        "garbage",
    ];

    [Theory]
    [InlineData("/sys/fs/bpf", "bpf")]
    [InlineData("/sys/fs/bpf/ebpf-agent/Disk", "bpf")]
    [InlineData("/sys/fs/bpfoo", "sysfs")]
    [InlineData("/sys/fs/bpf/x/y", "tmpfs")]
    [InlineData("/mnt/a b/c", "bpf")]
    [InlineData("/mnt/a", "ext4")]
    [InlineData("/covered/x", "tmpfs")]
    [InlineData("/", "ext4")]
    public void The_innermost_and_latest_mount_counts(string path, string expected) => Assert.Equal(expected, MountTable.TypeOf(path, Mounts));

    [Fact]
    public void This_machines_table_is_read()
    {
        Assert.False(MountTable.IsBpf("/proc/self"));
        Assert.Equal("proc", MountTable.TypeOf("/proc/self", File.ReadLines("/proc/self/mounts")));
        Assert.Null(MountTable.TypeOf("/x", []));
    }
}
