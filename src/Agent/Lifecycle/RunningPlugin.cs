using EbpfAgent.Bpf;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// One version of a plugin whose object is loaded and attached. Owns all that it has in the kernel and in the agent; disposing it detaches, unloads and
/// lets go of what no later version has taken over and what is not pinned.
/// </summary>
internal sealed class RunningPlugin(PluginDefinition definition, LoadedBpfObject loaded, IReadOnlyList<MapPoll> polls, IReadOnlyList<CgroupIds> cgroups, Lock gate, Survivor? survivor = null) : IDisposable
{
    private bool _ended;

    public LoadedBpfObject Object { get; } = loaded;

    public IReadOnlyList<MapPoll> Polls { get; } = polls;

    /// <summary>What its maps become.</summary>
    public IReadOnlyList<MetricFamily> Families { get; } = [.. polls.SelectMany(static poll => poll.Families)];

    /// <summary>The kernel memory of all of the object's maps, in bytes, at the load; maps that grow on demand are counted as they were then.</summary>
    public long MapMemory { get; } = loaded.Maps.Sum(static map => map.MemoryBytes() ?? 0);

    /// <summary>Reads all maps, and only when each has been read makes them visible together.</summary>
    /// <exception cref="BpfException">A map can't be read; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">It was ended meanwhile; nothing has changed.</exception>
    public void Poll()
    {
        Object.RunIterators();
        // Plain loops: an enumerator of an interface would be an object a poll.
        for (int i = 0; i < Polls.Count; i++) Polls[i].Stage();
        lock (gate)
        {
            if (_ended) throw new OperationCanceledException("another version has taken over");
            for (int i = 0; i < Polls.Count; i++) Polls[i].Commit();
            // Before a scrape can see it.
            Survivor?.Keep();
        }
    }

    /// <summary>What its definition says without effect, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => definition.Remarks;

    /// <summary>Follows what comes and goes on the host: interfaces, CPUs, control groups. Called about once a second, by one thread at a time.</summary>
    /// <exception cref="BpfException">The kernel refused something.</exception>
    /// <exception cref="ObjectDisposedException">It is being unloaded.</exception>
    public void Maintain()
    {
        Object.Maintain();
        foreach (MapPoll poll in Polls) poll.Maintain();
        foreach (CgroupIds groups in cgroups) groups.Refresh();
    }

    /// <summary>From now on no poll is kept, not even one that hangs and comes back: another version goes on from what was counted.</summary>
    public void End()
    {
        lock (gate) _ended = true;
    }

    /// <summary>What of it outlives the agent; null where nothing does.</summary>
    public Survivor? Survivor { get; } = survivor;

    /// <summary>Ends the counting, of what was to outlive the agent too; a last poll may follow.</summary>
    public void Detach()
    {
        Survivor?.TryEnd();
        Object.Detach();
    }

    /// <summary>The agent ends: what is to outlive it is left as it can be gone on with.</summary>
    public void Leave()
    {
        lock (gate) Survivor?.Leave();
    }

    public void Dispose()
    {
        foreach (MapPoll poll in Polls) poll.Dispose();
        Object.Dispose();
        definition.Dispose();
    }
}
