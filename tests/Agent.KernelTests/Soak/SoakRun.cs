using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>
/// An agent under load whose plugins are added, changed, broken, repaired and removed, by a seed, while it is scraped; and after each round what it shows is held against the model.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int MostAtOnce = 3;

    private readonly TimeSpan _duration;
    private readonly Random _random;
    private readonly ChangePicker _picker;
    private readonly SoakReport _report;
    private readonly AgentFolder _folder;
    private readonly MarkedObjects _objects;
    private readonly Load _load;
    private readonly SoakPlugin[] _plugins;
    private readonly PluginWriter _writer;
    private readonly AgentProcess _process;
    private readonly SoakedAgent _agent;
    private readonly Checkpoint _checkpoint;
    private readonly ChangeMaker _maker;
    private readonly HashSet<(string Kind, uint Id)> _everOwned = [];
    private string _interval = Intervals[0];

    private static readonly string[] Intervals = ["200ms", "100ms", "500ms", "1s", "scrape"];

    private SoakRun(int seed, TimeSpan duration, SoakReport report, AgentFolder folder, AgentProcess process, SoakedAgent agent)
    {
        _random = new Random(seed);
        _picker = new ChangePicker(_random, mayForget: duration > TimeSpan.FromMinutes(2));
        _duration = duration;
        (_report, _folder, _process, _agent) = (report, folder, process, agent);
        // Not by the seed: two soaks of one seed may run at a time.
        ulong mark = (ulong)Random.Shared.NextInt64() << 8;
        _objects = new MarkedObjects(mark);
        // Their numbers are the kinds of programs that count for them: 0, 1, 2, and 0 again.
        _plugins = [new SoakScript("soak-script", 0, Objects(0)), new SoakDll("SoakDll", 1, Objects(1)), new SoakScript("soak-linked", 2, Objects(2)), new SoakScript(SoakedAgent.Pinned, 3, Objects(3))];
        _load = new Load(mark, _plugins.Length);
        string releases = Path.Combine(folder.Root, "releases");
        Directory.CreateDirectory(releases);
        _writer = new PluginWriter(folder.Plugins, releases);
        _checkpoint = new Checkpoint(agent, _load, report);
        _maker = new ChangeMaker(agent, _load, _checkpoint, _writer, report, _random);
    }

    /// <summary>Starts an agent without plugins.</summary>
    /// <param name="seed">Which changes are made.</param>
    /// <param name="duration">How long changes are made; the beginning and the end come on top.</param>
    /// <param name="report">Is told what was done, and what was found.</param>
    public static async Task<SoakRun> StartAsync(int seed, TimeSpan duration, SoakReport report)
    {
        var folder = new AgentFolder();
        SoakedAgent.Configure(folder, Intervals[0], isValid: true);
        AgentProcess process = await AgentProcess.StartAsync(folder);
        return new SoakRun(seed, duration, report, folder, process, new SoakedAgent(process, folder, report));
    }

    public string AgentLog => _process.Log;

    /// <summary>All of it.</summary>
    public async Task RunAsync()
    {
        using var ending = new CancellationTokenSource();
        Task watching = _agent.Watch.RunAsync(ending.Token);
        try
        {
            await BeginAsync();
            long started = TimeProvider.System.GetTimestamp();
            for (int round = 0; TimeProvider.System.GetElapsedTime(started) < _duration; round++) await RunRoundAsync(round);
            await EndAsync();
        }
        finally
        {
            await ending.CancelAsync();
            await watching;
            (_report.Scrapes, _report.Linted) = (_agent.Watch.Scrapes, _agent.Watch.Linted);
            _report.Loads = string.Join(", ", _agent.Watch.Loads.Select(static load => $"{load.Key} {load.Value}"));
            _report.Events = _plugins.Sum(plugin => _load.Made(plugin.Number).Sum());
        }
    }

    public void Dispose()
    {
        _load.Dispose();
        _process.Dispose();
        _agent.Dispose();
        _folder.Dispose();
    }

    private Func<string, byte[]> Objects(int plugin) => fixture => _objects.Read(fixture, plugin);

    // What the agent makes once and keeps is no leak, so all is loaded and removed once before it is looked at.
    private async Task BeginAsync()
    {
        LayReference();
        await ApplyAsync(LayAll(), Trigger.Post);
        PauseAll();
        await _checkpoint.LookAsync(_plugins, _plugins);
        await RemoveAllAsync();
        _report.Start = _agent.Footprint();
        LayReference();
        await ApplyAsync(LayAll(), Trigger.Wait);
    }

    private async Task RunRoundAsync(int round)
    {
        if (_random.Next(6) == 0) await ConfigureAsync();
        Change[] changes = [.. _plugins.OrderBy(_ => _random.Next()).Take(_random.Next(1, MostAtOnce + 1)).Select(plugin => _picker.Pick(plugin, Away(plugin))).OfType<Change>()];
        await ApplyAsync(changes, SomeTrigger());
        foreach ((string Kind, uint Id) one in KernelIds.OwnedBy(_process.Id)) _everOwned.Add(one);
        SoakPlugin[] there = [.. _plugins.Where(static plugin => plugin.RemovedAt is null)];
        if (round % 10 == 9) await _checkpoint.LookAsync(there, _plugins);
        else await _checkpoint.LookAsync([.. there.Intersect(changes.Select(static change => change.Plugin))], []);
    }

    // A valid one is always another one than that in force.
    private async Task ConfigureAsync()
    {
        bool isValid = !_agent.IsConfigurationValid || _random.Next(3) > 0;
        if (isValid) _interval = Intervals.Except([_interval]).ElementAt(_random.Next(Intervals.Length - 1));
        await _maker.ConfigureAsync(_interval, isValid, SomeTrigger(), _plugins);
    }

    private Task ApplyAsync(IReadOnlyList<Change> changes, Trigger trigger) =>
        _maker.ApplyAsync(changes, trigger, () => _agent.IsConfigurationValid && !_plugins.Any(static plugin => plugin is { RemovedAt: null, IsBroken: true }));

    private Trigger SomeTrigger() => (Trigger)_random.Next(3);

    private WriteStyle SomeStyle() => (WriteStyle)_random.Next(4);

    private Change[] LayAll() => [.. _plugins.Select(plugin => new Change(plugin, ChangeKind.Return, plugin.Content, SomeStyle(), IsAtRest: true))];

    private static TimeSpan? Away(SoakPlugin plugin) => plugin.RemovedAt is { } at ? TimeProvider.System.GetElapsedTime(at) : null;

    // Until all that was ever counted can be seen.
    private async Task EndAsync()
    {
        // The interval of the beginning, so that the end is as long for all seeds.
        if (_interval != Intervals[0] || !_agent.IsConfigurationValid) await _maker.ConfigureAsync(Intervals[0], isValid: true, Trigger.Post, _plugins);
        while (!_plugins.All(static plugin => plugin is { RemovedAt: null, IsBroken: false, Content.Labelling: Labelling.Both }))
        {
            await ApplyAsync([.. _plugins.Select(plugin => _picker.Finish(plugin, Away(plugin))).OfType<Change>()], Trigger.Post);
            await Task.Delay(100);
        }

        PauseAll();
        await _checkpoint.LookAsync(_plugins, _plugins);
        await _agent.Watch.ScrapeAsync(lint: true);
        if (SoakedAgent.PinnedFiles().Count == 0) _report.Problem($"nothing of {SoakedAgent.Pinned} is pinned");
        _report.Loaded = _agent.Footprint();
        await RemoveAllAsync();
        await CompareFootprintAsync();
    }

    private async Task CompareFootprintAsync()
    {
        // Descriptors that finalizers close, and what the kernel frees after a grace period of its own.
        for (int tries = 0; tries < 100 && (_agent.Footprint().Beyond(_report.Start!).Count > 0 || _everOwned.Any(KernelIds.Exists)); tries++) await Task.Delay(100);
        _report.End = _agent.Footprint();
        foreach (string one in _report.End.Beyond(_report.Start!)) _report.Problem($"left in the agent: {one}");
        foreach (string one in SoakedAgent.PinnedFiles()) _report.Problem($"left pinned: {one}");
        foreach ((string Kind, uint Id) one in _everOwned.Where(KernelIds.Exists)) _report.Problem($"left in the kernel: {one.Kind} {one.Id}");
        await _agent.Watch.ScrapeAsync(lint: true);
    }

    private void PauseAll()
    {
        foreach (SoakPlugin plugin in _plugins) _load.Pause(plugin.Number);
    }

    private void LayReference() => _writer.Write(Reference.Name, Reference.Files(_objects.Read(Reference.Object, 0)), WriteStyle.InPlace, _random);

    private async Task RemoveAllAsync()
    {
        PauseAll();
        foreach (SoakPlugin plugin in _plugins)
        {
            _writer.Remove(plugin.Name);
            plugin.RemovedAt = TimeProvider.System.GetTimestamp();
            plugin.Running = null;
        }

        _writer.Remove(Reference.Name);
        await _agent.PostReloadAsync(isWell: true);
        await _agent.UntilAsync(static scrape => !scrape.Text.Contains("ebpf_agent_plugin_up{", StringComparison.Ordinal) && !scrape.Text.Contains("ebpf_soak", StringComparison.Ordinal), "no plugin");
    }
}
