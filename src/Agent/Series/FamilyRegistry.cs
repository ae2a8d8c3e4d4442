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

    private ImmutableSortedDictionary<string, MetricFamily> _families = ImmutableSortedDictionary.Create<string, MetricFamily>(StringComparer.Ordinal);

    /// <summary>The families that are exposed, by name.</summary>
    public ImmutableSortedDictionary<string, MetricFamily> Families => Volatile.Read(ref _families);

    /// <summary>Takes all of these names for an owner, or none. What the owner has already it may claim again, and keeps besides: a reload reserves first.</summary>
    /// <returns>Null, or the name that somebody else has (or that is there twice), and who.</returns>
    public (string Name, string Owner)? Reserve(IReadOnlyList<MetricName> names, string owner)
    {
        lock (_gate)
        {
            string[] all = [.. names.SelectMany(static name => name.Lines)];
            string? taken = all.FirstOrDefault(name => _owners.TryGetValue(name, out string? other) && other != owner) ?? FindTwice(names);
            if (taken is not null) return (taken, _owners.GetValueOrDefault(taken, owner));
            foreach (string name in all) _owners[name] = owner;
            return null;
        }
    }

    /// <summary>
    /// Exposes exactly these families of an owner, who has reserved their names, and gives back the names that it no longer uses. What the owner had
    /// exposed is replaced at one stroke: a scrape sees all of the old or all of the new.
    /// </summary>
    /// <exception cref="InvalidOperationException">A name is not reserved; nothing has changed.</exception>
    public void Publish(string owner, IReadOnlyList<MetricFamily> families)
    {
        lock (_gate)
        {
            string? foreign = families.Select(static family => family.Description.Name).FirstOrDefault(name => _owners.GetValueOrDefault(name) != owner);
            if (foreign is not null) throw new InvalidOperationException($"metric '{foreign}' is not reserved for '{owner}'; reserve it before it is published");
            var exposed = _families.RemoveRange(Held(owner)).SetItems(families.Select(static family => KeyValuePair.Create(family.Description.Name, family)));
            Volatile.Write(ref _families, exposed);
            KeepExposedNames(owner);
        }
    }

    /// <summary>Gives back what an owner has reserved and not published: its reload, or its first load, has failed. What it exposes stays as it is.</summary>
    public void Cancel(string owner)
    {
        lock (_gate) KeepExposedNames(owner);
    }

    /// <summary>Gives an owner's names back, and ends the exposition of its families.</summary>
    public void Release(string owner)
    {
        lock (_gate)
        {
            Volatile.Write(ref _families, _families.RemoveRange(Held(owner)));
            KeepExposedNames(owner);
        }
    }

    /// <summary>A name that these would take twice, with the _bucket, _sum and _count of histograms; null if there is none.</summary>
    public static string? FindTwice(IEnumerable<MetricName> names) =>
        names.SelectMany(static name => name.Lines).GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1)?.Key;

    private string[] Held(string owner) => [.. _owners.Where(pair => pair.Value == owner).Select(static pair => pair.Key)];

    private void KeepExposedNames(string owner)
    {
        string[] held = Held(owner);
        IEnumerable<string> exposed = held.Where(_families.ContainsKey).SelectMany(name => _families[name].Description.MetricName.Lines);
        foreach (string name in held.Except(exposed)) _owners.Remove(name);
    }
}
