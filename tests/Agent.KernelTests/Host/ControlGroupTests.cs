using EbpfAgent.Host;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Host;

public sealed class ControlGroupTests : HostTest, IDisposable
{
    private const string Name = "ebpf-agent-host-test";

    private readonly string _place = Place();

    public void Dispose()
    {
        if (Directory.Exists($"{_place}/{Name}/below")) Directory.Delete($"{_place}/{Name}/below");
        if (Directory.Exists($"{_place}/{Name}")) Directory.Delete($"{_place}/{Name}");
    }

    [Fact]
    public void A_group_has_its_path_while_it_exists_and_after()
    {
        Directory.CreateDirectory($"{_place}/{Name}/below");
        ulong id = ulong.Parse(Shell.Run("stat", "--format=%i", $"{_place}/{Name}/below"));

        Assert.Equal($"/{Name}/below", Machine.CgroupPath(id));
        Assert.Equal($"/{Name}/below", Machine.CgroupPaths()[id]);
        Directory.Delete($"{_place}/{Name}/below");
        Pass(60);
        Assert.Equal($"/{Name}/below", Machine.CgroupPath(id));
        Assert.False(Machine.CgroupPaths().ContainsKey(id));
        Assert.Contains($"/{Name}", Machine.CgroupPaths().Values);
    }

    [Fact]
    public void The_root_is_a_slash_and_what_does_not_exist_has_none()
    {
        Assert.Equal("/", Machine.CgroupPath(ulong.Parse(Shell.Run("stat", "--format=%i", _place))));
        Assert.Null(Machine.CgroupPath(ulong.MaxValue));
    }

    private static string Place()
    {
        string? place = ControlGroupMount.Find(File.ReadLines("/proc/self/mountinfo"))?.Point;
        Assert.SkipUnless(place is not null, "control groups of version 2 are not mounted");
        return place;
    }
}
