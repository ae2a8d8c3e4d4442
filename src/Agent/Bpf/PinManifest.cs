using System.Text.Json;
using System.Text.Json.Serialization;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// What lies in a folder of pins: the list that turns numbered files into maps and attach points with names (file names in bpffs may have no dots, the kernel's names no more than 15
/// characters), with the kernel's ids, so that a file that somebody else has put there is noticed. It is the last to be pinned: a folder that has it is complete.
/// </summary>
/// <param name="Version">The form of this list.</param>
/// <param name="Object">The object's file or resource, for messages.</param>
/// <param name="Maps">What lies in <c>map_0</c>, <c>map_1</c>...</param>
/// <param name="Programs">What lies in <c>slots_0</c>, <c>link_0</c>, <c>switch_0</c> and <c>program_0</c>, then <c>slots_1</c>...</param>
internal sealed record PinManifest(int Version, string Object, IReadOnlyList<PinnedMap> Maps, IReadOnlyList<PinnedProgram> Programs)
{
    public const int CurrentVersion = 1;

    /// <summary>This list.</summary>
    public const string FileName = "manifest";

    /// <summary>The object's BTF: the kernel gives back its own copy to CAP_SYS_ADMIN alone.</summary>
    public const string TypesFile = "types";

    public static string MapFile(int index) => $"map_{index}";

    public static string SlotsFile(int index) => $"slots_{index}";

    public static string LinkFile(int index) => $"link_{index}";

    /// <summary>The dispatcher.</summary>
    public static string SwitchFile(int index) => $"switch_{index}";

    public static string ProgramFile(int index) => $"program_{index}";

    /// <summary>Puts it into a map.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public BpfMapHandle ToMap() => BytesMap.Create(JsonSerializer.SerializeToUtf8Bytes(this, PinManifestJson.Default.PinManifest));

    /// <summary>Reads it from a map; null if the map holds no such list.</summary>
    public static PinManifest? FromMap(BpfMapHandle map)
    {
        if (BytesMap.Read(map) is not { } text) return null;
        try
        {
            PinManifest? read = JsonSerializer.Deserialize(text, PinManifestJson.Default.PinManifest);
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
/// <param name="KeyTypeId">See <see cref="MapDefinition.KeyTypeId"/>; in the pinned types.</param>
/// <param name="ValueTypeId">See <see cref="MapDefinition.ValueTypeId"/>; in the pinned types.</param>
/// <param name="Section">See <see cref="MapDefinition.Section"/>.</param>
/// <param name="Meaning">See <see cref="MapDefinition.Meaning"/>.</param>
internal sealed record PinnedMap(string Name, uint Id, int KeyTypeId, int ValueTypeId, string? Section, byte[] Meaning);

/// <summary>A pinned attach point, and what runs there. <paramref name="Place"/> says what the section does not; agents that knew sections only wrote none.</summary>
internal sealed record PinnedProgram(string Section, string Name, uint Id, uint SlotsId, uint LinkId, string Place = "");

/// <summary>The list's text, made without reflection.</summary>
[JsonSerializable(typeof(PinManifest))]
internal sealed partial class PinManifestJson : JsonSerializerContext;
