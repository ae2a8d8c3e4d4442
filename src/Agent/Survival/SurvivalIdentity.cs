namespace EbpfAgent.Survival;

/// <summary>What totals belong to. They may be taken up again only where all of it is the same.</summary>
/// <param name="Plugin">The plugin's name.</param>
/// <param name="Boot">The boot id: see <see cref="BootId"/>.</param>
/// <param name="ObjectHash">The SHA-256 of the BPF object.</param>
/// <param name="Maps">The kernel's ids of the maps, by name: a map that was made anew counts from zero.</param>
internal sealed record SurvivalIdentity(string Plugin, Guid Boot, ReadOnlyMemory<byte> ObjectHash, IReadOnlyDictionary<string, uint> Maps)
{
    /// <summary>What a record is of that this isn't, to follow "is of"; or null where they are the same.</summary>
    public string? DifferenceFrom(SurvivalIdentity recorded)
    {
        if (recorded.Plugin != Plugin) return $"plugin '{recorded.Plugin}'";
        if (recorded.Boot != Boot) return "an earlier boot";
        if (!recorded.ObjectHash.Span.SequenceEqual(ObjectHash.Span)) return $"another BPF object ({Short(recorded)}, and now it is {Short(this)})";
        foreach ((string map, uint id) in Maps)
        {
            if (!recorded.Maps.TryGetValue(map, out uint other)) return $"an object without the map '{map}'";
            if (other != id) return $"another map '{map}' (id {other}, and now it is {id})";
        }

        return recorded.Maps.Keys.FirstOrDefault(map => !Maps.ContainsKey(map)) is { } gone ? $"an object with the map '{gone}', which is gone" : null;
    }

    private static string Short(SurvivalIdentity identity) => Convert.ToHexStringLower(identity.ObjectHash.Span[..4]);
}
