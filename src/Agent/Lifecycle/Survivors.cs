using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>The plugins of this agent that are to outlive it.</summary>
/// <param name="state">Where claims and totals lie; null where there is no such place.</param>
/// <param name="problem">Why there is none.</param>
/// <param name="pinFolder">The folder of all plugins' pins.</param>
/// <param name="configuration">The path of this agent's configuration, for the message to others.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told what can't survive.</param>
/// <remarks>Safe for use by many threads.</remarks>
internal sealed class Survivors(StateFolder? state, string? problem, string pinFolder, string configuration, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Survivor> _survivors = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The plugins of which something is pinned at this moment.</summary>
    public IReadOnlyList<string> Pinned
    {
        get
        {
            lock (_gate) return [.. _survivors.Where(static pair => pair.Value is { HasEnded: false, IsPinned: true }).Select(static pair => pair.Key).Order(StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <summary>For a plugin that is to survive: what is this agent's until it ends or the plugin goes.</summary>
    /// <exception cref="SurvivalException">Another agent has the plugin, or there is nowhere to keep its totals.</exception>
    /// <exception cref="Bpf.BpfException">There is no BPF file system.</exception>
    public Survivor Claim(string plugin)
    {
        if (state is null) throw new SurvivalException($"plugin '{plugin}' can't survive the agent: {problem}");
        lock (_gate)
        {
            if (_survivors.TryGetValue(plugin, out Survivor? known) && !known.HasEnded) return known;
            return _survivors[plugin] = Survivor.Claim(plugin, state, pinFolder, configuration, time, logger);
        }
    }

    /// <summary>For a plugin that is not to survive: ends what an earlier configuration has left running of it. Never throws.</summary>
    public void Renounce(string plugin)
    {
        try
        {
            if (!Directory.Exists(PluginClaim.PinsOf(pinFolder, plugin))) return;
            Survivor left = Claim(plugin);
            left.Renounce(inheritance: null, "\"survive\" is off");
            left.End();
        }
        catch (Exception e) when (e is SurvivalException or Bpf.BpfException or IOException or UnauthorizedAccessException)
        {
            // It is another agent's, or what is there is for "ebpf-agent cleanup" to say.
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Survivor survivor in _survivors.Values) survivor.Dispose();
        }
    }
}
