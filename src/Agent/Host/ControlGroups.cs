namespace EbpfAgent.Host;

/// <summary>
/// Control groups of version 2 by id, which on 64-bit kernels since 5.5 is the inode of the group's folder. The tree is walked when an unknown id is asked for,
/// at most once a second, and each minute. A group that is gone keeps its path: what it has done is still in the maps.
/// </summary>
internal sealed class ControlGroups
{
    private readonly string _root;
    private readonly IFileCalls _files;
    private readonly RefreshedNames<ulong> _names;
    private volatile string? _mount;

    public ControlGroups(string root, TimeProvider time, IFileCalls files)
    {
        _root = root;
        _files = files;
        _names = new RefreshedNames<ulong>(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), time, Read);
    }

    /// <summary>Where they are mounted, as the host would name it; null if they are not.</summary>
    public string? Mount
    {
        get
        {
            if (_mount is null) _names.Existing();
            return _mount;
        }
    }

    public string? Find(ulong id) => _names.Find(id);

    /// <summary>The groups that exist now, or did a second ago: paths by id. Read anew where it is older; never changed.</summary>
    public IReadOnlyDictionary<ulong, string> Existing() => _names.Existing();

    private Dictionary<ulong, string> Read()
    {
        ControlGroupMount? mount = HostFile.Try(() => ControlGroupMount.Find(File.ReadLines(Path.Combine(_root, "proc/self/mountinfo"))));
        _mount = mount is null ? null : InRoot(mount.Point);
        return mount is null ? [] : ControlGroupWalk.Read(PlaceOf(mount.Point), mount.Prefix, _files);
    }

    /// <summary>The table of mounts is this process's, so that a host's mount below the root stands there with the root.</summary>
    private string PlaceOf(string point) => Path.TrimEndingDirectorySeparator(_root) + InRoot(point);

    private string InRoot(string point) =>
        Path.TrimEndingDirectorySeparator(_root) is var root && point.StartsWith(root + "/", StringComparison.Ordinal) ? point[root.Length..] : point;
}
