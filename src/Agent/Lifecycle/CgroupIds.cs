using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding.BuiltIn.RegularExpressions;

namespace EbpfAgent.Lifecycle;

/// <summary>Keeps a map filled with the ids of the control groups whose paths match. Not for use by several threads.</summary>
/// <remarks>A group that comes is in the map with the next look at the host, which is a few seconds later; what its processes do before is not counted.</remarks>
internal sealed class CgroupIds
{
    private readonly IdSet _map;
    private readonly Func<string> _mount;
    private readonly Re2[] _patterns;
    private readonly Func<IReadOnlyDictionary<ulong, string>> _groups;

    /// <param name="map">The map; borrowed.</param>
    /// <param name="wanted">Which groups.</param>
    /// <param name="groups">The host's groups: their paths by their ids.</param>
    /// <param name="mount">Where they are mounted; it is asked for after them.</param>
    public CgroupIds(BpfMap map, CgroupIdMap wanted, Func<IReadOnlyDictionary<ulong, string>> groups, Func<string> mount)
    {
        _map = new IdSet(map);
        _mount = wanted.IsOfFolders ? mount : static () => "";
        _patterns = [.. wanted.Patterns.Select(static pattern => new Re2(pattern))];
        _groups = groups;
    }

    /// <summary>Holds what is wanted against the object.</summary>
    /// <exception cref="PluginException">It has no such map, or one that can't hold ids; or a pattern is none.</exception>
    public static void Check(OpenBpfObject opened, CgroupIdMap wanted)
    {
        if (opened.FindMap(wanted.Map) is not { } map) throw Layout($"{opened.Name} has no map '{wanted.Map}' for the ids of control groups");
        if (IdSet.Obstacle(map) is { } obstacle) throw Layout($"{opened.Name}: map '{wanted.Map}' {obstacle}");
        foreach (string pattern in wanted.Patterns)
        {
            try
            {
                _ = new Re2(pattern);
            }
            catch (FormatException e)
            {
                throw new PluginException(PluginError.Manifest, $"{opened.Name}: the control groups of map '{wanted.Map}': {e.Message}", e);
            }
        }
    }

    /// <summary>Looks at the host, and brings the map up to it.</summary>
    /// <exception cref="BpfException">The map could not take an id.</exception>
    public void Refresh()
    {
        IReadOnlyDictionary<ulong, string> groups = _groups();
        string mount = _mount();
        _map.Set(groups.Where(group => IsWanted(mount.Length > 0 && group.Value == "/" ? mount : mount + group.Value)).Select(static group => group.Key).ToHashSet());
    }

    private bool IsWanted(string place) => _patterns.Any(pattern => pattern.IsMatch(place));

    private static PluginException Layout(string message) => new(PluginError.Layout, message);
}
