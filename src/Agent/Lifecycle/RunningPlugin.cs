using EbpfAgent.Bpf;
using EbpfAgent.Polling;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// A plugin whose object is loaded and attached. Owns all that the plugin has in the kernel and in the agent; disposing it detaches, unloads and
/// lets go.
/// </summary>
internal sealed class RunningPlugin(PluginDefinition definition, LoadedBpfObject loaded, IReadOnlyList<MapPoll> polls, Lock gate) : IDisposable
{
    public LoadedBpfObject Object { get; } = loaded;

    public IReadOnlyList<MapPoll> Polls { get; } = polls;

    /// <summary>The kernel memory of all of the object's maps, in bytes, at the load; maps that grow on demand are counted as they were then.</summary>
    public long MapMemory { get; } = loaded.Maps.Sum(static map => map.MemoryBytes() ?? 0);

    /// <summary>Reads all maps, and only when each has been read makes them visible together.</summary>
    /// <exception cref="BpfException">A map can't be read; nothing has changed.</exception>
    public void Poll()
    {
        // Plain loops: an enumerator of an interface would be an object a poll.
        for (int i = 0; i < Polls.Count; i++) Polls[i].Stage();
        lock (gate)
        {
            for (int i = 0; i < Polls.Count; i++) Polls[i].Commit();
        }
    }

    public void Dispose()
    {
        Object.Dispose();
        definition.Dispose();
    }
}
