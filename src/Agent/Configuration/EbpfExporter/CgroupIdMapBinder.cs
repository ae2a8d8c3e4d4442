using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Reads <c>cgroup_id_map</c>: the map that is filled with the ids of the control groups whose paths match.</summary>
internal static class CgroupIdMapBinder
{
    private const string Hash = "hash";
    private const string Storage = "cgrp_storage";

    private static readonly SettingFormat<string> Kind = SettingFormats.OneOf(Hash, Storage);

    public static CgroupIdMap Bind(ObjectReader reader)
    {
        string map = reader.Required("name", SettingFormats.MapName);
        if (reader.Optional("type", Hash, Kind) == Storage)
            reader.Refuse("type", $"\"{Storage}\" is not supported; take a hash of ids (\"{Hash}\")");
        var expressions = reader.Values("regexps", SettingFormats.AnyText);
        if (expressions is null)
            reader.Refuse("regexps", "missing; expected a list of at least one expression");
        return new CgroupIdMap(map, [.. (expressions ?? []).Select(item => item.Value)]) { IsOfFolders = true };
    }
}
