using System.Globalization;

namespace EbpfAgent.Host;

/// <summary>
/// Network interfaces by index, of the agent's own network namespace: an index says nothing in another. sysfs shows the namespace of whoever mounted it, which in a container
/// that shares the host's network is the host's. An interface whose name is no UTF-8 has none here, since .NET can't open its folder.
/// </summary>
internal sealed class InterfaceNames
{
    private const int MaxInterfaces = 65_536;

    private readonly string _folder;
    private readonly RefreshedNames<uint> _names;

    public InterfaceNames(string root, TimeProvider time)
    {
        _folder = Path.Combine(root, "sys/class/net");
        _names = new RefreshedNames<uint>(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), time, Read);
    }

    public string? Find(uint index) => _names.Find(index);

    private Dictionary<uint, string> Read()
    {
        var names = new Dictionary<uint, string>();
        foreach (string name in HostFile.Names(_folder).Take(MaxInterfaces))
        {
            string? text = HostFile.ReadText(Path.Combine(_folder, name, "ifindex"));
            if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint index)) names[index] = name;
        }

        return names;
    }
}
