namespace EbpfAgent.Configuration;

/// <summary>
/// The agent's settings, checked and complete: <c>agent.json</c>, the environment over it, and the defaults below both.
/// Immutable, and safe to share between threads. Made by <see cref="AgentConfigurationLoader"/>.
/// </summary>
internal sealed record AgentConfiguration
{
    /// <summary>The configuration file's absolute path.</summary>
    public required string File { get; init; }

    /// <summary>Where the endpoint is served.</summary>
    public ListenAddress Listen { get; init; } = ListenAddress.Default;

    /// <summary>The folders that plugins are looked for in: absolute, distinct, at least one. They need not exist.</summary>
    public required IReadOnlyList<string> PluginFolders { get; init; }

    /// <summary>What every plugin's metric names begin with; may be empty.</summary>
    public string MetricPrefix { get; init; } = "ebpf_";

    /// <summary>When maps are polled, unless a plugin's section says otherwise.</summary>
    public PollInterval Interval { get; init; } = PollInterval.Every(TimeSpan.FromSeconds(5));

    /// <summary>True switches the kernel's run-time statistics of BPF programs on, at the price of some nanoseconds for each run.</summary>
    public bool ProgramStatistics { get; init; }

    /// <summary>The largest document that a scrape may get, in bytes; families that would make it larger are left out.</summary>
    public long MaxScrapeSize { get; init; } = 256L << 20;

    /// <summary>The folder of what the agent keeps over its own end; absolute. The default is gone at a reboot, as the kernel's maps are.</summary>
    public string StateFolder { get; init; } = "/run/ebpf-agent";

    /// <summary>The folder, on a BPF file system, that the maps and links of surviving plugins are pinned in; absolute.</summary>
    public string PinFolder { get; init; } = "/sys/fs/bpf/ebpf-agent";

    /// <summary>Who may reload the agent over HTTP.</summary>
    public ReloadEndpoint ReloadEndpoint { get; init; } = ReloadEndpoint.Loopback;

    /// <summary><c>text</c> or <c>json</c>.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>The limits of a plugin whose section doesn't say otherwise.</summary>
    public PluginLimits Limits { get; init; } = new();

    /// <summary>The plugins that have a section of their own, by name without regard to case.</summary>
    public IReadOnlyDictionary<string, PluginConfiguration> Plugins { get; init; } = new Dictionary<string, PluginConfiguration>();

    /// <summary>The settings of a plugin, whether or not it has a section.</summary>
    /// <param name="pluginName">The plugin's name, without regard to case.</param>
    public PluginConfiguration For(string pluginName) =>
        Plugins.TryGetValue(pluginName, out var plugin)
            // By the name that it has, whatever the case of its section: the name owns metrics, pins and totals.
            ? plugin with { Name = pluginName }
            : new PluginConfiguration { Name = pluginName, Interval = Interval, Limits = Limits };

    /// <summary>The names of the settings that differ in <paramref name="next"/> and that a running agent can't take up; all others it can.</summary>
    public IReadOnlyList<string> RestartNeeded(AgentConfiguration next)
    {
        (string Name, bool Differs)[] settings =
        [
            ("listen", Listen != next.Listen),
            // Its plugins' claims, journal and pins are held open there.
            ("stateFolder", StateFolder != next.StateFolder),
            ("pinFolder", PinFolder != next.PinFolder),
            ("logFormat", LogFormat != next.LogFormat),
        ];
        return [.. settings.Where(s => s.Differs).Select(s => s.Name)];
    }
}
