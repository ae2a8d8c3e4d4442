using System.Text.Json;
using System.Text.Json.Serialization;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// What lies in a folder of pins: the list that turns numbered files into maps and attach points with names (file names in bpffs may have no dots, the kernel's names no more than 15
/// characters), with the kernel's ids, so that a file that somebody else has put there is noticed. It is the value of a map of one entry, and the last to be pinned: a folder that has it is complete.
/// </summary>
/// <param name="Version">The form of this list.</param>
/// <param name="Object">The object's file or resource, for messages.</param>
/// <param name="Maps">What lies in <c>map_0</c>, <c>map_1</c>...</param>
/// <param name="Programs">What lies in <c>slots_0</c> and <c>link_0</c>, <c>slots_1</c>...</param>
internal sealed record PinManifest(int Version, string Object, IReadOnlyList<PinnedMap> Maps, IReadOnlyList<PinnedProgram> Programs)
{
    public const int CurrentVersion = 1;
    public const string FileName = "manifest";

    public static string MapFile(int index) => $"map_{index}";

    public static string SlotsFile(int index) => $"slots_{index}";

    public static string LinkFile(int index) => $"link_{index}";

    /// <summary>Puts it into a map.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public unsafe BpfMapHandle ToMap()
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(this, PinManifestJson.Default.PinManifest);
        int fd = LibBpf.MapCreate((int)MapKind.Array, "agent_pins", sizeof(uint), (uint)text.Length, 1, 0);
        if (fd < 0) throw BpfException.Of("can't create the map that lists what is pinned", fd);
        var map = new BpfMapHandle(fd);
        uint first = 0;
        int result;
        fixed (byte* value = text) result = LibBpf.MapUpdate(map, (byte*)&first, value, 0);
        if (result >= 0) return map;
        map.Dispose();
        throw BpfException.Of("can't write the map that lists what is pinned", result);
    }

    /// <summary>Reads it from a map; null if the map holds no such list.</summary>
    public static unsafe PinManifest? FromMap(BpfMapHandle map)
    {
        MapInfo info = BpfInfo.Map(map);
        if (info is not { Kind: MapKind.Array, KeySize: sizeof(uint), MaxEntries: 1 }) return null;
        byte[] text = new byte[checked((int)info.ValueSize + 7 & ~7)];
        uint first = 0;
        fixed (byte* value = text)
        {
            if (LibBpf.MapLookup(map, (byte*)&first, value) < 0) return null;
        }

        try
        {
            PinManifest? read = JsonSerializer.Deserialize(text.AsSpan(0, (int)info.ValueSize), PinManifestJson.Default.PinManifest);
            return read is { Version: CurrentVersion, Object: not null, Maps: not null, Programs: not null } ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A pinned map.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Id">The kernel's id of it.</param>
/// <param name="Section">See <see cref="MapDefinition.Section"/>.</param>
/// <param name="Meaning">See <see cref="MapDefinition.Meaning"/>.</param>
internal sealed record PinnedMap(string Name, uint Id, string? Section, byte[] Meaning);

/// <summary>A pinned attach point, and what runs there.</summary>
internal sealed record PinnedProgram(string Section, string Name, uint Id, uint SlotsId, uint LinkId);

/// <summary>The list's text, made without reflection.</summary>
[JsonSerializable(typeof(PinManifest))]
internal sealed partial class PinManifestJson : JsonSerializerContext;
