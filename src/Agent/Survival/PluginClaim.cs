namespace EbpfAgent.Survival;

/// <summary>
/// The right to a surviving plugin's pins and totals. One process has it at a time; it ends with the process, however that ends.
/// </summary>
/// <remarks>It lies in the state folder, since the BPF file system holds no files: agents that share pins have to share that folder too.</remarks>
internal sealed class PluginClaim : IDisposable
{
    private readonly ProcessLock _lock;

    private PluginClaim(StateFolder state, string plugin, string pinFolder, ProcessLock taken)
    {
        State = state;
        Plugin = plugin;
        Pins = PinsOf(pinFolder, plugin);
        _lock = taken;
    }

    public StateFolder State { get; }

    public string Plugin { get; }

    /// <summary>The folder of this plugin's pins: <c>/sys/fs/bpf/ebpf-agent/DiskLatency</c>. Whoever pins makes it.</summary>
    public string Pins { get; }

    /// <summary>The folder of a plugin's pins, in a form that the BPF file system takes.</summary>
    /// <exception cref="SurvivalException">The name is too long.</exception>
    public static string PinsOf(string pinFolder, string plugin) => Path.Combine(pinFolder, SafeName.Encode(plugin));

    /// <summary>Claims a plugin.</summary>
    /// <param name="state">Where the claim lies.</param>
    /// <param name="plugin">The plugin's name.</param>
    /// <param name="pinFolder">The folder of all plugins' pins.</param>
    /// <param name="configuration">The path of this agent's configuration, for the message to others.</param>
    /// <exception cref="SurvivalException">Another process has it, or it can't be claimed at all.</exception>
    public static PluginClaim Take(StateFolder state, string plugin, string pinFolder, string configuration) =>
        TryTake(state, plugin, pinFolder, configuration, out string holder) ?? throw new SurvivalException(
            $"plugin '{plugin}' survives in {PinsOf(pinFolder, plugin)} and is held by {holder}; stop that agent, or give this one another pinFolder and stateFolder");

    /// <summary>The same, with null and the holder's name where another process has it.</summary>
    /// <exception cref="SurvivalException">It can't be claimed at all.</exception>
    public static PluginClaim? TryTake(StateFolder state, string plugin, string pinFolder, string configuration, out string holder) =>
        ProcessLock.TryTake(state.Lock(plugin), state.Holder(plugin), configuration, out holder) is { } taken
            ? new PluginClaim(state, plugin, pinFolder, taken)
            : null;

    public void Dispose() => _lock.Dispose();
}
