namespace EbpfAgent.Host;

/// <summary>
/// Network namespaces by inode: those that <c>ip netns</c> names. That of process 1 is <c>host</c> where it has no such name; whether it is the machine's depends on the agent
/// seeing the machine's processes. Namespaces that container runtimes keep elsewhere have no names.
/// </summary>
internal sealed class NetworkNamespaces
{
    private const string OfTheHost = "host";
    private const int MaxNamespaces = 65_536;

    private readonly string _folder;
    private readonly string _first;
    private readonly IFileCalls _files;
    private readonly RefreshedNames<uint> _names;

    public NetworkNamespaces(string root, TimeProvider time, IFileCalls files)
    {
        _folder = Path.Combine(root, "run/netns");
        _first = Path.Combine(root, "proc/1/ns/net");
        _files = files;
        _names = new RefreshedNames<uint>(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), time, Read);
    }

    public string? Find(uint inode) => _names.Find(inode);

    private Dictionary<uint, string> Read()
    {
        var names = new Dictionary<uint, string>();
        // Of two names for one namespace always the same is taken, whatever the order of the folder.
        foreach (string name in HostFile.Names(_folder).Order(StringComparer.Ordinal).Take(MaxNamespaces)) Add(names, Path.Combine(_folder, name), name);
        Add(names, _first, OfTheHost);
        return names;
    }

    private void Add(Dictionary<uint, string> names, string path, string name)
    {
        if (_files.Identify(path) is { Inode: <= uint.MaxValue } file) names.TryAdd((uint)file.Inode, name);
    }
}
