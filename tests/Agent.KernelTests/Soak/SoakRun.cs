using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>
/// An agent under load whose plugins are added, changed, broken, repaired and removed, by a seed, while it is scraped; and after each round what it shows is held against the model.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int Hurry = 3;

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
        _plugins = [new SoakScript("soak-script", 0, Objects(0)), new SoakDll("SoakDll", 1, Objects(1)), new SoakScript("soak-linked", 2, Objects(2)), new SoakScript("soak-fourth", 3, Objects(3))];
        _load = new Load(mark, _plugins.Length);
        string releases = Path.Combine(folder.Root, "releases");
        Directory.CreateDirectory(releases);
        _writer = new PluginWriter(folder.Plugins, releases);
        _checkpoint = new Checkpoint(agent, _load, report);
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
        _agent.Dispose();
        _process.Dispose();
        _folder.Dispose();
    }

    private Func<string, byte[]> Objects(int plugin) => fixture => _objects.Read(fixture, plugin);

    // What the agent makes once and keeps is no leak, so all is loaded and removed once before it is looked at.
    private async Task BeginAsync()
    {
        LayReference();
        await ApplyAsync([.. _plugins.Select(plugin => new Change(plugin, ChangeKind.Return, plugin.Content, WriteStyle.InPlace, IsAtRest: true))], Trigger.Post);
        foreach (SoakPlugin plugin in _plugins) _load.Pause(plugin.Number);
        await _checkpoint.LookAsync(_plugins, _plugins);
        await RemoveAllAsync();
        _report.Start = _agent.Footprint();
        LayReference();
        await ApplyAsync([.. _plugins.Select(plugin => new Change(plugin, ChangeKind.Return, plugin.Content, (WriteStyle)_random.Next(4), IsAtRest: true))], Trigger.Wait);
        foreach (SoakPlugin plugin in _plugins) _load.Resume(plugin.Number);
    }

    private async Task RunRoundAsync(int round)
    {
        Change[] changes = [.. _plugins.OrderBy(_ => _random.Next()).Take(_random.Next(1, Hurry + 1)).Select(plugin => _picker.Pick(plugin, Away(plugin))).OfType<Change>()];
        bool configures = _random.Next(5) == 0;
        if (changes.Length == 0 && !configures) changes = [.. _plugins.Where(static plugin => plugin.RemovedAt is null).Take(1).Select(plugin => _picker.Pick(plugin, null)).OfType<Change>()];
        // A new configuration reloads all of them: of a DLL nobody could tell whether it was the change's doing.
        if (configures) changes = [.. changes.Where(static change => change.Plugin.HasManifest)];
        await ApplyAsync(changes, (Trigger)_random.Next(3), configures);
        foreach ((string Kind, uint Id) one in KernelIds.OwnedBy(_process.Id)) _everOwned.Add(one);
        SoakPlugin[] there = [.. _plugins.Where(static plugin => plugin.RemovedAt is null)];
        await _checkpoint.LookAsync(round % 10 == 9 ? there : [.. there.Intersect(changes.Select(static change => change.Plugin))], round % 10 == 9 ? _plugins : []);
    }

    // A valid one is always another one than that in force.
    private void Configure()
    {
        bool isValid = !_agent.IsConfigurationValid || _random.Next(3) > 0;
        if (isValid) _interval = Intervals.Except([_interval]).ElementAt(_random.Next(Intervals.Length - 1));
        _report.Did(isValid ? "Configure" : "BreakConfiguration", $"agent.json: {(isValid ? _interval : "invalid")}");
        _agent.Configure(_interval, isValid);
    }

    private async Task ApplyAsync(Change[] changes, Trigger trigger, bool configures = false)
    {
        Scrape before = await _agent.Watch.ScrapeAsync();
        foreach (Change change in changes) await MakeAsync(change);
        if (configures) Configure();
        bool isWell = _agent.IsConfigurationValid && !_plugins.Any(static plugin => plugin is { RemovedAt: null, IsBroken: true });
        _report.Did($"by {trigger}", $"{trigger}");
        if (trigger == Trigger.Post) await _agent.PostReloadAsync(isWell);
        if (trigger == Trigger.Signal) _agent.SignalReload();
        foreach (Change change in changes)
        {
            await _agent.UntilAsync(scrape => HasCome(change, scrape, before), $"{change}");
            Account(change);
            if (change.Kind != ChangeKind.Remove || _random.Next(2) == 0) _load.Resume(change.Plugin.Number);
        }

        if (configures) await AwaitConfigurationAsync(before);
        else if (trigger == Trigger.Post) await CheckTouchedAsync(changes, before);
    }

    // Applied, and the DLL reloaded by it, so that this is not taken for a later change's doing. A script's help text tells its versions apart.
    private async Task AwaitConfigurationAsync(Scrape before)
    {
        SoakPlugin[] reloaded = [.. _plugins.Where(plugin => _agent.IsConfigurationValid && plugin is { HasManifest: false, Running: not null, IsBroken: false })];
        await _agent.UntilAsync(
            scrape => _agent.HasConfigured(scrape, before) && reloaded.All(plugin => SoakedAgent.IsIn(scrape, plugin, "running") && SoakedAgent.Reloads(scrape, plugin) > SoakedAgent.Reloads(before, plugin)),
            $"the configuration, {(_agent.IsConfigurationValid ? "applied" : "refused")}");
    }

    private async Task CheckTouchedAsync(Change[] changes, Scrape before)
    {
        Scrape after = await _agent.Watch.ScrapeAsync();
        foreach (Change change in changes.Where(static change => change.Kind == ChangeKind.Touch))
        {
            if (SoakedAgent.Reloads(after, change.Plugin) != SoakedAgent.Reloads(before, change.Plugin)) _report.Problem($"{change.Plugin} was reloaded, though nothing has changed");
        }
    }

    // What is on the disk.
    private async Task MakeAsync(Change change)
    {
        SoakPlugin plugin = change.Plugin;
        _report.Did($"{change.Kind}", $"{change}");
        if (change.IsAtRest) await RestAsync(plugin);
        if (change.Kind == ChangeKind.NewLabelName || Away(plugin) is { } away && ChangePicker.IsForgotten(away)) await _agent.Watch.ForgetAsync(plugin.Name, plugin.Metric);
        if (change.Kind == ChangeKind.Remove)
        {
            _writer.Remove(plugin.Name);
            plugin.RemovedAt = TimeProvider.System.GetTimestamp();
        }
        else if (change.Kind == ChangeKind.Touch)
        {
            _writer.Touch(plugin.Name, change.Style, _random);
        }
        else
        {
            _writer.Write(plugin.Name, plugin.Files(change.Next), change.Style, _random);
            plugin.Content = change.Next;
        }
    }

    // Paused, and all that was made before is accounted for.
    private async Task RestAsync(SoakPlugin plugin)
    {
        _load.Pause(plugin.Number);
        if (plugin.Running is not null) await _checkpoint.LookAsync([plugin], []);
    }

    private static bool HasCome(Change change, Scrape scrape, Scrape before)
    {
        SoakPlugin plugin = change.Plugin;
        if (change.Kind == ChangeKind.Remove) return SoakedAgent.IsGone(scrape, plugin);
        if (plugin.IsBroken) return SoakedAgent.IsIn(scrape, plugin, "outdated");
        if (!SoakedAgent.IsIn(scrape, plugin, "running")) return false;
        // Without a series there is no help text either, and nothing to be mistaken for it.
        if (change.Kind == ChangeKind.Return) return true;
        if (!SoakedAgent.Shows(scrape, plugin, change.Next)) return false;
        return plugin.HasManifest || plugin.Running == change.Next || SoakedAgent.Reloads(scrape, plugin) > SoakedAgent.Reloads(before, plugin);
    }

    // What has come, in the model's terms.
    private void Account(Change change)
    {
        SoakPlugin plugin = change.Plugin;
        long[]? made = change.IsAtRest ? _load.Made(plugin.Number) : null;
        if (change.Kind == ChangeKind.Remove)
        {
            plugin.Running = null;
            return;
        }

        if (plugin.IsBroken) return;
        if (change.Kind == ChangeKind.Return) Return(plugin, made!);
        else if (plugin.Running!.OtherBounds != change.Next.OtherBounds) plugin.Ledger.ChangeMap();
        plugin.Ledger.Relabel(change.Next.Labelling, made);
        if (change.Kind == ChangeKind.NewLabelName) plugin.Ledger.Forget(made!);
        plugin.Running = change.Next;
    }

    private void Return(SoakPlugin plugin, long[] made)
    {
        if (Away(plugin) is { } away && ChangePicker.IsForgotten(away)) plugin.Ledger.Forget(made);
        else plugin.Ledger.Return(made);
        plugin.RemovedAt = null;
    }

    private static TimeSpan? Away(SoakPlugin plugin) => plugin.RemovedAt is { } at ? TimeProvider.System.GetElapsedTime(at) : null;

    private async Task EndAsync()
    {
        await ApplyConfigurationAsync();
        while (_plugins.Select(plugin => _picker.Finish(plugin, Away(plugin))).OfType<Change>().ToArray() is var last && (last.Length > 0 || _plugins.Any(static plugin => plugin.RemovedAt is not null)))
        {
            await ApplyAsync(last, Trigger.Post);
            await Task.Delay(100);
        }

        foreach (SoakPlugin plugin in _plugins) _load.Pause(plugin.Number);
        await _checkpoint.LookAsync(_plugins, _plugins);
        await _agent.Watch.ScrapeAsync(lint: true);
        _report.Loaded = _agent.Footprint();
        await RemoveAllAsync();
        await CompareFootprintAsync();
    }

    // The interval of the beginning, so that the end is as long for all seeds.
    private async Task ApplyConfigurationAsync()
    {
        if (_interval == Intervals[0] && _agent.IsConfigurationValid) return;
        Scrape before = await _agent.Watch.ScrapeAsync();
        _agent.Configure(_interval = Intervals[0]);
        await AwaitConfigurationAsync(before);
    }

    private async Task CompareFootprintAsync()
    {
        // Descriptors that finalizers close, and what the kernel frees after a grace period of its own.
        for (int tries = 0; tries < 100 && (_agent.Footprint().Beyond(_report.Start!).Count > 0 || _everOwned.Any(KernelIds.Exists)); tries++) await Task.Delay(100);
        _report.End = _agent.Footprint();
        foreach (string one in _report.End.Beyond(_report.Start!)) _report.Problem($"left in the agent: {one}");
        foreach ((string Kind, uint Id) one in _everOwned.Where(KernelIds.Exists)) _report.Problem($"left in the kernel: {one.Kind} {one.Id}");
        await _agent.Watch.ScrapeAsync(lint: true);
    }

    private void LayReference() => _writer.Write(Reference.Name, Reference.Files(_objects.Read(Reference.Object, 0)), WriteStyle.InPlace, _random);

    private async Task RemoveAllAsync()
    {
        foreach (SoakPlugin plugin in _plugins)
        {
            _load.Pause(plugin.Number);
            _writer.Remove(plugin.Name);
            plugin.RemovedAt = TimeProvider.System.GetTimestamp();
            plugin.Running = null;
        }

        _writer.Remove(Reference.Name);
        await _agent.PostReloadAsync(isWell: true);
        await _agent.UntilAsync(static scrape => !scrape.Text.Contains("ebpf_agent_plugin_up{", StringComparison.Ordinal) && !scrape.Text.Contains("ebpf_soak", StringComparison.Ordinal), "no plugin");
    }

    /// <summary>How the agent comes to know of a change.</summary>
    private enum Trigger
    {
        /// <summary>It looks by itself, and waits till nothing moves.</summary>
        Wait,

        Post,

        Signal,
    }
}
