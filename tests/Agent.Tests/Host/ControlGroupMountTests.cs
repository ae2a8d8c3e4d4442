using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

public sealed class ControlGroupMountTests
{
    private const string Disk = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw";

    [Theory]
    [InlineData("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate", "/sys/fs/cgroup", "")]
    [InlineData("41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw", "/sys/fs/cgroup/unified", "")]
    [InlineData("41 31 0:38 / /sys/fs/cgroup/unified rw master:1 propagate_from:2 - cgroup2 none rw", "/sys/fs/cgroup/unified", "")]
    [InlineData(@"41 31 0:38 / /mnt/a\040b\134c rw - cgroup2 cgroup2 rw", @"/mnt/a b\c", "")]
    [InlineData("41 31 0:38 /system.slice/docker-1.scope /sys/fs/cgroup rw - cgroup2 cgroup rw", "/sys/fs/cgroup", "/system.slice/docker-1.scope")]
    [InlineData("41 31 0:38 /../../.. /sys/fs/cgroup rw - cgroup2 cgroup rw", "/sys/fs/cgroup", "")]
    public void The_mount_says_where_it_is_and_what_paths_begin_with(string line, string point, string prefix)
    {
        ControlGroupMount? mount = ControlGroupMount.Find([Disk, line]);

        Assert.Equal((point, prefix), (mount?.Point, mount?.Prefix));
    }

    [Theory]
    [InlineData("/", "/a/b", "/a")]
    [InlineData("/..", "/", "/a")]
    [InlineData("/a", "/a/b/c", "/longer")]
    public void Of_several_the_one_that_shows_most_is_taken(string best, string second, string third)
    {
        string[] roots = [second, best, third];
        ControlGroupMount? mount = ControlGroupMount.Find(roots.Select(static root => $"41 31 0:38 {root} /point{root} rw - cgroup2 cgroup2 rw"));

        Assert.Equal(best, mount?.Root);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cgroup2")]
    [InlineData("41 31 0:38 / /x rw cgroup2 cgroup2 rw")]
    [InlineData("41 31 0:38 / /x rw -")]
    [InlineData("32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu")]
    [InlineData("32 31 0:29 / /cgroup2 rw,relatime - tmpfs cgroup2 rw")]
    public void Anything_else_is_none(string line) => Assert.Null(ControlGroupMount.Find([Disk, line]));
}
