using EbpfAgent.Bpf;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>One map and the families that it feeds, all of them from one read.</summary>
/// <param name="map">The map; borrowed.</param>
/// <param name="source">Reads it.</param>
/// <param name="intakes">The families, and what takes entries into them; at least one.</param>
/// <param name="failedInserts">Where the kernel counts what it could not place; null where it doesn't.</param>
/// <param name="sharesCounter">Whether that counter is the one of the version before, and goes on.</param>
/// <remarks>Belongs to its plugin's polling thread; <see cref="Entries"/> and <see cref="FailedInserts"/> may be read by any.</remarks>
internal sealed class MapPoll(
    BpfMap map, IEntrySource source, IReadOnlyList<MetricIntake> intakes, FailedInsertCounter? failedInserts, bool sharesCounter = false) : IDisposable
{
    private readonly IEntrySink _sink = intakes.Count == 1 ? intakes[0].Sink : new ManySinks([.. intakes.Select(static intake => intake.Sink)]);
    private int _staged;
    private ulong? _stagedFailures;
    private ulong _failedBefore;

    public BpfMap Map { get; } = map;

    /// <summary>What the map becomes.</summary>
    public IReadOnlyList<MetricFamily> Families { get; } = [.. intakes.Select(static intake => intake.Family)];

    /// <summary>What entries are read from.</summary>
    public IEntrySource Source => source;

    /// <summary>How many entries the map had at the last poll that was kept.</summary>
    public int Entries { get; private set; }

    /// <summary>How many observations the kernel could not place, because the map was full; null where the object doesn't count them.</summary>
    public ulong? FailedInserts { get; private set; }

    /// <summary>Whether it counts events, which the agent holds, and not what a map of the kernel holds.</summary>
    public bool IsEvents => source is EventCounter;

    /// <summary>What of a buffer's events is in no count, as of the last poll; null for a map.</summary>
    public EventLosses? Losses => (source as EventCounter)?.Losses;

    /// <summary>Begins to take events, if that is what it polls.</summary>
    /// <exception cref="BpfException">The kernel won't wake for it.</exception>
    public void Start() => (source as EventCounter)?.Start();

    /// <summary>Follows the CPUs that come and go, if that matters to what it polls.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Maintain() => (source as EventCounter)?.Maintain();

    /// <summary>Goes on from what another version of the plugin has counted. Before the first <see cref="Stage"/>, and when nobody polls the other any more.</summary>
    /// <param name="old">The other version's polls; not to be used after this.</param>
    /// <param name="isShared">Whether a map of this name is the same one in the kernel for both.</param>
    public void TakeOver(IReadOnlyList<MapPoll> old, Func<string, bool> isShared)
    {
        HashSet<MapPoll> goingOn = [.. old.Where(poll => poll.Map.Definition.Name == Map.Definition.Name && GoesOn(poll, isShared))];
        foreach (MetricFamily family in Families)
        {
            if (Find(old, family.Description.Name) is not var (poll, former)) continue;
            family.TakeOver(former, goingOn.Contains(poll));
        }

        Start();
        MapPoll? before = old.FirstOrDefault(poll => poll.Map.Definition.Name == Map.Definition.Name) ?? Find(old, Families[0].Description.Name)?.Poll;
        if (before is not null) GoOnFrom(before, goingOn.Contains(before));
    }

    /// <summary>Reads the map; nothing of it is visible until <see cref="Commit"/>.</summary>
    /// <exception cref="BpfException">The map can't be read.</exception>
    public void Stage()
    {
        for (int i = 0; i < Families.Count; i++) Families[i].Begin();
        _staged = source.Read(_sink);
        _stagedFailures = failedInserts?.Read();
    }

    /// <summary>Makes the last <see cref="Stage"/> visible. Call with the families' gate held.</summary>
    public void Commit()
    {
        for (int i = 0; i < Families.Count; i++) Families[i].Commit();
        (source as EventCounter)?.Keep();
        Entries = _staged;
        FailedInserts = _stagedFailures + _failedBefore;
    }

    public void Dispose() => (source as EventCounter)?.Dispose();

    // A map's counts go on by themselves; those of events are the agent's own, and one counter hands them to the next.
    private bool GoesOn(MapPoll old, Func<string, bool> isShared) => (source, old.Source) switch
    {
        (EventCounter counter, EventCounter before) => counter.TakeOver(before),
        (EventCounter, _) or (_, EventCounter) => false,
        _ => isShared(Map.Definition.Name),
    };

    private void GoOnFrom(MapPoll old, bool sameMap)
    {
        // The counter is in a map of its own, which may go on where the counted map does not: with other bounds, say.
        bool sameCounter = sharesCounter && Map.Definition.Name == old.Map.Definition.Name;
        _failedBefore = sameCounter ? old._failedBefore : old.FailedInserts ?? 0;
        FailedInserts = old.FailedInserts;
        Entries = sameMap ? old.Entries : 0;
    }

    private static (MapPoll Poll, MetricFamily Family)? Find(IReadOnlyList<MapPoll> polls, string name)
    {
        foreach (MapPoll poll in polls)
        {
            if (poll.Families.FirstOrDefault(family => family.Description.Name == name) is { } family) return (poll, family);
        }

        return null;
    }

    private sealed class ManySinks(IEntrySink[] sinks) : IEntrySink
    {
        public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
        {
            foreach (IEntrySink sink in sinks) sink.Accept(keys, values, count);
        }
    }
}
