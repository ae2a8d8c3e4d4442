using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A hash whose keys are 64-bit ids, kept to a set that changes: programs look up in it whose events to count. The value of each is 1. Not for use by several threads.</summary>
/// <param name="map">The map; borrowed.</param>
internal sealed class IdSet(BpfMap map)
{
    private readonly HashSet<ulong> _ids = [];

    /// <summary>Why a map can't be one, as the rest of a sentence that begins with the map; null if it can.</summary>
    public static string? Obstacle(MapDefinition map) =>
        map.Kind is not (MapKind.Hash or MapKind.LruHash) ? $"is a {map.Kind.Name()}, and ids are kept in a {MapKind.Hash.Name()}"
        : map.KeySize != sizeof(ulong) || map.ValueSize != sizeof(ulong) ? $"has keys of {map.KeySize} bytes and values of {map.ValueSize}, and both have to be 8 (__u64)"
        : null;

    /// <summary>Adds the ids that are new, and removes those that are gone.</summary>
    /// <exception cref="BpfException">The kernel refused, as it does when the map is full; what could be done is done.</exception>
    public void Set(IReadOnlySet<ulong> ids)
    {
        foreach (ulong gone in _ids.Except(ids).ToArray())
        {
            Remove(gone);
            _ids.Remove(gone);
        }

        foreach (ulong added in ids.Except(_ids).ToArray())
        {
            Add(added);
            _ids.Add(added);
        }
    }

    private unsafe void Add(ulong id)
    {
        ulong one = 1;
        int result = LibBpf.MapUpdate(map.Handle, (byte*)&id, (byte*)&one, 0);
        if (result < 0) throw BpfException.Of($"can't put id {id} into map '{map.Definition.Name}', which holds {map.Definition.MaxEntries}", result);
    }

    private unsafe void Remove(ulong id) => _ = LibBpf.MapDelete(map.Handle, (byte*)&id);
}
