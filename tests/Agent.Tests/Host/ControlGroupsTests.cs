using EbpfAgent.Host;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Tests.Host;

public sealed class ControlGroupsTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public ControlGroupsTests() => Mount("/", "/sys/fs/cgroup");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void An_id_has_the_path_below_the_root_of_the_hierarchy()
    {
        ulong all = _root.Folder("sys/fs/cgroup"), slice = _root.Folder("sys/fs/cgroup/system.slice"), service = _root.Folder("sys/fs/cgroup/system.slice/ssh.service");
        _root.Write("sys/fs/cgroup/system.slice/cgroup.procs", "");

        Assert.Equal("/", _root.Host.CgroupPath(all));
        Assert.Equal("/system.slice", _root.Host.CgroupPath(slice));
        Assert.Equal("/system.slice/ssh.service", _root.Host.CgroupPath(service));
        Assert.Null(_root.Host.CgroupPath(0));
        Assert.Null(_root.Host.CgroupPath(_root.Inode("sys/fs/cgroup/system.slice/cgroup.procs")));
    }

    [Fact]
    public void The_mount_may_be_elsewhere_and_show_only_a_part()
    {
        Mount("/kubepods/pod1", "/mnt/groups of pod1");
        ulong pod = _root.Folder("mnt/groups of pod1"), container = _root.Folder("mnt/groups of pod1/c\"1\n");

        Assert.Equal("/mnt/groups of pod1", _root.Host.CgroupMount);
        Assert.Equal("/kubepods/pod1", _root.Host.CgroupPath(pod));
        Assert.Equal("/kubepods/pod1/c\"1\n", _root.Host.CgroupPath(container));
    }

    [Fact]
    public void A_mount_point_that_is_named_with_the_root_is_found_as_well()
    {
        Mount("/", _root["sys/fs/cgroup"]);
        ulong group = _root.Folder("sys/fs/cgroup/a");

        Assert.Equal("/a", _root.Host.CgroupPath(group));
        Assert.Equal("/sys/fs/cgroup", _root.Host.CgroupMount);
    }

    [Fact]
    public void Beside_version_1_the_mount_is_below_the_usual_place_and_where_there_is_none_the_usual_place_is_named()
    {
        Mount("/", "/sys/fs/cgroup/unified");
        _root.Folder("sys/fs/cgroup/unified");
        Assert.Equal("/sys/fs/cgroup/unified", _root.Host.CgroupMount);

        using var without = new FakeRoot();
        Assert.Equal("/sys/fs/cgroup", without.Host.CgroupMount);
    }

    [Fact]
    public void A_group_that_comes_is_seen_after_a_second()
    {
        _root.Folder("sys/fs/cgroup");
        Assert.Null(_root.Host.CgroupPath(1));
        ulong group = _root.Folder("sys/fs/cgroup/late");

        _root.Pass(0.9);
        Assert.Null(_root.Host.CgroupPath(group));
        // The walk takes no time by this clock.
        _root.Pass(0.1);
        Assert.Equal("/late", _root.Host.CgroupPath(group));
    }

    [Fact]
    public void A_group_that_is_gone_keeps_its_path_but_exists_no_more()
    {
        ulong group = _root.Folder("sys/fs/cgroup/a");
        Assert.Equal("/a", _root.Host.CgroupPath(group));
        Assert.Equal(["/", "/a"], _root.Host.CgroupPaths().Values);
        _root.Delete("sys/fs/cgroup/a");
        _root.Pass(60);

        Assert.Equal("/a", _root.Host.CgroupPath(group));
        Assert.Equal(["/"], _root.Host.CgroupPaths().Values);
        _root.Delete("sys");
        _root.Delete("proc");
        _root.Pass(60);
        Assert.Equal("/a", _root.Host.CgroupPath(group));
        Assert.Empty(_root.Host.CgroupPaths());
    }

    [Fact]
    public void A_renamed_group_is_seen_after_a_minute()
    {
        ulong group = _root.Folder("sys/fs/cgroup/a");
        Assert.Equal("/a", _root.Host.CgroupPath(group));
        Directory.Move(_root["sys/fs/cgroup/a"], _root["sys/fs/cgroup/b"]);

        _root.Pass(59);
        Assert.Equal("/a", _root.Host.CgroupPath(group));
        _root.Pass(1);
        Assert.Equal("/b", _root.Host.CgroupPath(group));
    }

    /// <summary>There is no end to this tree, and each of its groups has another number.</summary>
    [Fact]
    public void A_tree_without_end_is_cut_off_from_below()
    {
        _root.Folder("tree/a");
        _root.Folder("tree/b");
        _root.Link("tree/a/again", _root["tree"]);
        var files = new Numbering();

        Dictionary<ulong, string> groups = ControlGroupWalk.Read(_root["tree"], "", files);

        Assert.InRange(groups.Count, 4, ControlGroupWalk.MaxGroups);
        // In the order of their numbers, which is that in which they were met.
        string[] first = [.. groups.OrderBy(static group => group.Key).Take(4).Select(static group => group.Value)];
        Assert.Equal(["/", "/a", "/b", "/a/again"], first.OrderBy(static path => path.Length).ThenBy(static path => path, StringComparer.Ordinal));
    }

    [Fact]
    public void No_more_groups_are_kept_than_the_limit()
    {
        for (int i = 0; i < 256; i++) _root.Folder($"tree/{i}");
        for (int i = 0; i < 256; i++) _root.Link($"tree/{i}/all", _root["tree"]);

        Assert.Equal(ControlGroupWalk.MaxGroups, ControlGroupWalk.Read(_root["tree"], "", new Numbering()).Count);
    }

    /// <summary>Paths of 1000 characters and more, a few in each of many folders: what they take together is bounded, and not their number alone.</summary>
    [Fact]
    public void No_more_characters_are_kept_than_the_limit()
    {
        string longName = new('x', 250);
        string deep = $"tree/{longName}/{longName}/{longName}/{longName}";
        for (int i = 0; i < 200; i++) _root.Folder($"{deep}/{i}");
        for (int i = 0; i < 200; i++) _root.Link($"{deep}/{i}/all", _root[deep]);

        Dictionary<ulong, string> groups = ControlGroupWalk.Read(_root["tree"], "", new Numbering());

        Assert.InRange(groups.Values.Sum(static path => (long)path.Length), 15 << 20, 16 << 20);
        Assert.InRange(groups.Count, 200, ControlGroupWalk.MaxGroups - 1);
    }

    private void Mount(string root, string point) =>
        _root.Write("proc/self/mountinfo", $"41 31 0:38 {root} {point.Replace(" ", @"\040", StringComparison.Ordinal)} rw - cgroup2 cgroup2 rw\n");

    private sealed class Numbering : IFileCalls
    {
        private ulong _last;

        public FileIdentity? Identify(string path) => new FileIdentity(0, ++_last, 0, 0);

        public SafeFileHandle? OpenOrdinary(string path, out FileIdentity identity) => throw new NotSupportedException();
    }
}
