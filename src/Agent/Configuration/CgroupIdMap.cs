namespace EbpfAgent.Configuration;

/// <summary>A map that the agent fills with the ids of control groups, so that the programs know whose events to count. Immutable.</summary>
/// <param name="Map">The map: a hash from a u64 id to a u64, which is set to 1.</param>
/// <param name="Patterns">Regular expressions on the groups' paths; a group that one of them matches is in the map while it exists.</param>
internal sealed record CgroupIdMap(string Map, IReadOnlyList<string> Patterns)
{
    /// <summary>Whether the patterns are on the groups' folders in the file system, and not on their paths below the root of control groups.</summary>
    public bool IsOfFolders { get; init; }
}
