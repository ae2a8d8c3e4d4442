using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Host;
using EbpfAgent.Series;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>All plugins, each with its supervisor: those that are there, and for a minute those that are gone.</summary>
/// <remarks>What changes it is for one caller at a time; its end, and what <see cref="IPlugins"/> shows, are for any thread.</remarks>
internal sealed class PluginSet : IPlugins, IAsyncDisposable
{
    // Plugins are loaded one after the other, so that who gets a contested name does not depend on luck; one that doesn't
    // come to an end is left to its own time limit, and the next one is begun.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan UpkeepPause = TimeSpan.FromSeconds(1);

    // An agent that is to end ends, though a plugin's code doesn't.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CrashJournal? _journal;
    private readonly LinuxHost _host;
    private readonly PluginLoader _loader;
    private readonly TrustCheck _trust;
    private readonly ContextCensus _contexts;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Member> _members = new(StringComparer.OrdinalIgnoreCase);
    private AgentConfiguration _configuration;
    private Task _collecting = Task.CompletedTask;
    private Task _maintaining = Task.CompletedTask;
    private long _maintainedAt;
    private bool _isEnding;
    private volatile IReadOnlyList<PluginSupervisor> _supervisors = [];
    private volatile bool _isStarted;

    public PluginSet(AgentConfiguration configuration, KernelFacts kernel, CrashJournal? journal, Survivors? survivors, TimeProvider time, ILogger logger)
    {
        _configuration = configuration;
        _journal = journal;
        _time = time;
        _logger = logger;
        _host = new LinuxHost("/", time, new FileCalls());
        _loader = new PluginLoader(Registry, kernel, new MapCalls(), time, survivors) { Groups = _host.CgroupPaths, GroupMount = () => _host.CgroupMount };
        _trust = new TrustCheck(logger);
        _contexts = new ContextCensus(time);
        _trust.Look(configuration);
    }

    public FamilyRegistry Registry { get; } = new();

    /// <summary>Is told which files a plugin is made of besides those that lie with it, before it is loaded and again when it has said so itself.</summary>
    public Action<string, IReadOnlyList<string>> ExtraFiles { get; init; } = static (_, _) => { };

    public IReadOnlyList<PluginSupervisor> Supervisors => _supervisors;

    public bool IsStarted
    {
        get => _isStarted;
        set => _isStarted = value;
    }

    public int ContextsNotCollected => _contexts.Count;

    /// <summary>Runs what is new or has changed, one after the other, and unloads what is gone. Ends when each runs, has failed once, or has outrun everybody's patience.</summary>
    public async Task ApplyAsync(IReadOnlyList<PluginChange> changes)
    {
        // All of them can be seen before the first is tried: whoever waits for the agent waits for all.
        foreach (PluginChange change in changes) Note(change);
        Show();
        foreach (Member member in changes.Select(change => Find(change.Name)).OfType<Member>())
        {
            if (member.Candidate is null) await WithPatience(member.Supervisor.RemoveAsync());
            else await RunAsync(member);
        }

        await RunWhatLackedANameAsync(except: changes.Select(static change => change.Name));
    }

    /// <summary>Goes over to another configuration: plugins whose settings differ are reloaded.</summary>
    public async Task ConfigureAsync(AgentConfiguration next)
    {
        _configuration = next;
        _trust.Look(next);
        Member[] changed = [.. InOrder().Where(member => member.Candidate is not null && member.Wanted != Target(member))];
        foreach (Member member in changed) await RunAsync(member);
        if (changed.Length > 0) await RunWhatLackedANameAsync(except: changed.Select(static member => member.Supervisor.Name));
    }

    /// <summary>Tries again what has failed, however often.</summary>
    public async Task RetryAsync()
    {
        foreach (Member member in InOrder())
        {
            if (member.Candidate is null || member.Supervisor.Status.State is PluginState.Running or PluginState.Disabled) continue;
            _journal?.Forgive(member.Supervisor.Name);
            await RunAsync(member);
        }
    }

    /// <summary>Forgets plugins that have been gone for a minute, and collects what unloaded plugins have left. Called now and then.</summary>
    public async Task TidyAsync()
    {
        foreach (Member member in InOrder())
        {
            if (member.Supervisor.IsRemembered || member.Candidate is not null) continue;
            lock (_gate) _members.Remove(member.Supervisor.Name);
            await WithPatience(member.Supervisor.DisposeAsync().AsTask());
        }

        // Not waited for: a plugin's finalizer may hang, and nothing else must with it.
        if (_collecting.IsCompleted) _collecting = Task.Run(_contexts.Collect);
        // Nor for the kernel.
        if (!_maintaining.IsCompleted || _time.GetElapsedTime(_maintainedAt) < UpkeepPause) return;
        _maintainedAt = _time.GetTimestamp();
        _maintaining = Task.Run(() =>
        {
            foreach (PluginSupervisor plugin in _supervisors) plugin.Maintain();
        });
    }

    /// <summary>Sections of the configuration for plugins that are not there, each as a sentence.</summary>
    public IEnumerable<string> UnknownSections() =>
        _configuration.Plugins.Keys.Except(_supervisors.Select(static one => one.Name), StringComparer.OrdinalIgnoreCase)
            .Select(name => $"{_configuration.File}: plugins.{name}: no plugin of this name was found in {string.Join(", ", _configuration.PluginFolders)}");

    /// <summary>How the plugins stand, in a line.</summary>
    public string Summary()
    {
        if (_supervisors.Count == 0) return "no plugins found";
        IEnumerable<string> states = _supervisors.GroupBy(static supervisor => supervisor.Status.State).OrderBy(static group => group.Key)
            .Select(static group => $"{group.Key.ToString().ToLowerInvariant()}: {string.Join(", ", group.Select(static supervisor => supervisor.Name))}");
        return string.Join("; ", states);
    }

    /// <summary>Lets go of all plugins. Any thread may call it; what changes the set at the same time adds nothing more to it.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isEnding = true;
        await Task.WhenAny(Task.WhenAll(InOrder().Select(static member => member.Supervisor.DisposeAsync().AsTask())), Task.Delay(EndPatience, _time));
        _loader.Pump.Dispose();
    }

    private void Note(PluginChange change)
    {
        lock (_gate)
        {
            if (!_members.TryGetValue(change.Name, out Member? member))
            {
                if (change.Candidate is null || _isEnding) return;
                var supervisor = new PluginSupervisor(change.Name, change.Candidate.Path, Prepare, Registry, _time, _logger) { Journal = _journal };
                _members.Add(change.Name, member = new Member(supervisor));
            }

            member.Candidate = change.Candidate;
            member.ContentHash = change.ContentHash ?? "";
        }
    }

    private Member? Find(string name)
    {
        lock (_gate) return _members.GetValueOrDefault(name);
    }

    private async Task RunAsync(Member member)
    {
        _trust.Look(member.Candidate!.Path);
        PluginTarget target = member.Wanted = Target(member);
        ExtraFiles(member.Supervisor.Name, [.. target.Settings.Scripts.Values]);
        await WithPatience(member.Supervisor.RunAsync(target));
    }

    // Whoever had the name may be gone: not every plugin has to wait for its own next attempt.
    private async Task RunWhatLackedANameAsync(IEnumerable<string> except)
    {
        HashSet<string> tried = new(except, StringComparer.OrdinalIgnoreCase);
        foreach (Member member in InOrder())
        {
            if (member.Candidate is not null && !tried.Contains(member.Supervisor.Name) && member.Supervisor.Status is { Error: PluginError.Metric, State: PluginState.Failed or PluginState.Outdated })
                await RunAsync(member);
        }
    }

    private Task<Task> WithPatience(Task task) => Task.WhenAny(task, Task.Delay(Patience, _time));

    private PluginTarget Target(Member member) =>
        new(member.Candidate!, member.ContentHash, _configuration.For(member.Supervisor.Name), _configuration.MetricPrefix);

    private IPreparedPlugin Prepare(PluginTarget target, RunningPlugin? before, CancellationToken cancellation) =>
        _loader.Prepare(target.Settings, target.MetricPrefix, () => Define(target), before, cancellation);

    private PluginDefinition Define(PluginTarget target)
    {
        var decoders = new DecoderFactory(target.Settings, _host, _logger);
        PluginDefinition definition = Definitions.Of(target.Candidate, decoders, _contexts);
        decoders.Imported = Watch;
        Watch([]);
        return definition;

        void Watch(IReadOnlyList<string> imported) => ExtraFiles(target.Candidate.Name, [.. target.Settings.Scripts.Values, .. definition.Files, .. imported]);
    }

    private Member[] InOrder()
    {
        lock (_gate) return [.. _members.Values.OrderBy(static member => member.Supervisor.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private void Show() => _supervisors = [.. InOrder().Where(static member => member.Candidate is not null).Select(static member => member.Supervisor)];

    /// <summary>A plugin, and what of it is to run.</summary>
    private sealed class Member(PluginSupervisor supervisor)
    {
        public PluginSupervisor Supervisor { get; } = supervisor;

        /// <summary>Null while its files are gone.</summary>
        public PluginCandidate? Candidate { get; set; }

        public string ContentHash { get; set; } = "";

        /// <summary>What its supervisor was last asked to run.</summary>
        public PluginTarget? Wanted { get; set; }
    }
}
