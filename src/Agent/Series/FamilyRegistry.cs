using System.Collections.Immutable;

namespace EbpfAgent.Series;

/// <summary>
/// The one name space of all metrics: a name has one owner, and a second one is refused. Also the list of the families that are exposed.
/// </summary>
/// <remarks>Safe for use by many threads; <see cref="Families"/> is a snapshot.</remarks>
internal sealed class FamilyRegistry
{
    /// <summary>What the names of the agent's own metrics begin with; no plugin may use it.</summary>
    public const string AgentPrefix = "ebpf_agent_";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _owners = [];

    // A histogram takes these names too: a metric called x_count would be written into the family x.
    private static readonly string[] Suffixes = ["", "_bucket", "_sum", "_count"];

    private ImmutableSortedDictionary<string, HistogramFamily> _families = ImmutableSortedDictionary.Create<string, HistogramFamily>(StringComparer.Ordinal);

    /// <summary>The families that are exposed, by name.</summary>
    public ImmutableSortedDictionary<string, HistogramFamily> Families => Volatile.Read(ref _families);

    /// <summary>Takes all of these names for an owner, or none.</summary>
    /// <returns>Null, or the name that somebody else has, and who.</returns>
    public (string Name, string Owner)? Reserve(IReadOnlyList<string> names, string owner)
    {
        lock (_gate)
        {
            string[] all = [.. names.SelectMany(static name => Suffixes.Select(suffix => name + suffix))];
            string? taken = all.FirstOrDefault(_owners.ContainsKey) ?? all.GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1)?.Key;
            if (taken is not null) return (taken, _owners.GetValueOrDefault(taken, owner));
            foreach (string name in all) _owners.Add(name, owner);
            return null;
        }
    }

    /// <summary>Gives an owner's names back, and ends the exposition of its families.</summary>
    public void Release(string owner)
    {
        lock (_gate)
        {
            string[] names = [.. _owners.Where(pair => pair.Value == owner).Select(static pair => pair.Key)];
            foreach (string name in names) _owners.Remove(name);
            Volatile.Write(ref _families, _families.RemoveRange(names));
        }
    }

    /// <summary>Exposes families whose names their owner has reserved.</summary>
    public void Publish(IEnumerable<HistogramFamily> published)
    {
        lock (_gate) Volatile.Write(ref _families, _families.SetItems(published.Select(static family => KeyValuePair.Create(family.Description.Name, family))));
    }
}
