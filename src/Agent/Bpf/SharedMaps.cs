namespace EbpfAgent.Bpf;

/// <summary>Which of an object's maps are those of the version before, and why the others are not.</summary>
/// <param name="Shared">The names of those that are.</param>
/// <param name="Fresh">Those that are not, each with the rest of a sentence that begins with the map: "has max_entries 32, and had 64". Constants are left out.</param>
internal sealed record SharedMaps(IReadOnlySet<string> Shared, IReadOnlyList<(string Map, string Reason)> Fresh)
{
    public static SharedMaps None { get; } = new(new HashSet<string>(), []);
}
