namespace EbpfAgent.Discovery;

/// <summary>
/// Knows which plugin has appeared, has changed or is gone since it last looked. It looks by <c>stat</c>, which costs some dozens of system calls and,
/// unlike a watcher of events, loses nothing, follows links, and doesn't care how a file came to be there.
/// </summary>
/// <remarks><see cref="Scan"/> is for one thread at a time; the other methods are for any, and take effect with the next scan.</remarks>
/// <param name="folders">The plugin folders, the first first; absolute paths.</param>
/// <param name="time">The clock. Its wall time is only held against files' mtimes: by the first scan, and for files that a load has added.</param>
internal sealed class PluginWatch(IReadOnlyList<string> folders, TimeProvider time)
{
    // Of one CPU, a scan takes at most a twentieth.
    private const int DelayPerScan = 20;

    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(0.4);

    // One hiccup of a disk must not make the agent blind for minutes.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly WatchedPlugins _plugins = new(time);
    private readonly ProblemLog _problems = new(time);
    private Dictionary<string, IReadOnlyList<string>> _newExtra = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<string> _folders = Tidy(folders);
    private TimeSpan _lastScan = TimeSpan.MaxValue;
    private bool _isForced;
    private bool _isFirst = true;

    /// <summary>What the last scan found wrong and none before it: a sentence for each, once until it is resolved.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>Whether a plugin that was never reported has been seen, and may be half there.</summary>
    public bool IsWaiting => _plugins.IsWaiting;

    /// <summary>How long to wait before the next scan.</summary>
    public TimeSpan NextDelay { get; private set; } = ShortestDelay;

    /// <summary>Makes the next scan read all plugins, and take them as they lie there, without a quiet period. It still reports only what differs.</summary>
    public void Rescan()
    {
        lock (_gate) _isForced = true;
    }

    /// <summary>Changes where plugins are looked for. Those in folders that are no longer named are gone, after the quiet period.</summary>
    public void SetFolders(IReadOnlyList<string> folders)
    {
        lock (_gate) _folders = Tidy(folders);
    }

    /// <summary>
    /// Says which files a plugin is made of besides those that lie with it: a script that the configuration puts over a map, an object beside a lone DLL.
    /// Those known beforehand are best given before its load, the others right after it. That itself is no change, unless such a file was written
    /// since the plugin was last reported.
    /// </summary>
    /// <param name="plugin">Its name; it need not be there.</param>
    /// <param name="files">Absolute paths, all of them; they need not be there either.</param>
    public void SetExtraFiles(string plugin, IReadOnlyList<string> files)
    {
        lock (_gate) _newExtra[plugin] = [.. files.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Looks once. The first time, all that is there is reported, except what was written within the last quiet period and may be half there.
    /// </summary>
    /// <returns>What is gone, then what is new or has changed in the order of names. Each is reported once, with a content that was at rest.</returns>
    public IReadOnlyList<PluginChange> Scan()
    {
        long start = time.GetTimestamp();
        (IReadOnlyList<string> folders, bool isForced) = TakeRequests();
        DateTime? restedSince = _isFirst ? (time.GetUtcNow() - ChangeTracker.QuietPeriod).UtcDateTime : null;
        PluginListing listing = PluginScan.Scan(folders);
        var problems = listing.Problems.ToDictionary(static problem => problem, StringComparer.Ordinal);
        var looked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        List<PluginChange>? changes = null;
        _plugins.Begin();
        foreach (PluginCandidate candidate in listing.Candidates)
        {
            if (IsHeld(candidate.Name, folders, listing.Unreadable, candidate.Folder)) continue;
            looked.Add(candidate.Name);
            Add(_plugins.Look(candidate, isForced, restedSince, problems));
        }

        foreach (string name in _plugins.Names.Where(name => !looked.Contains(name)).ToArray())
        {
            if (IsHeld(name, folders, listing.Unreadable, another: null))
                _plugins.Hold(name);
            else
                Add(_plugins.Miss(name, isForced));
        }

        Problems = _problems.Take(problems, _isFirst || isForced);
        _isFirst = false;
        TimeSpan scan = time.GetElapsedTime(start);
        // One that had to wait for a CPU says nothing of what a scan takes.
        NextDelay = Delay(scan < _lastScan ? scan : _lastScan);
        _lastScan = scan;
        // What is gone comes first: it may have a name, or a metric's name, that another one takes.
        return changes is null ? [] : [.. changes.OrderBy(static change => change.Candidate is not null)];

        void Add(PluginChange? change)
        {
            if (change is not null) (changes ??= []).Add(change);
        }
    }

    private (IReadOnlyList<string> Folders, bool IsForced) TakeRequests()
    {
        Dictionary<string, IReadOnlyList<string>> extra;
        (IReadOnlyList<string> Folders, bool IsForced) taken;
        lock (_gate)
        {
            taken = (_folders, _isForced);
            _isForced = false;
            extra = _newExtra;
            if (extra.Count > 0) _newExtra = new(StringComparer.OrdinalIgnoreCase);
        }

        // Files may be read here, which nobody else should wait for.
        foreach ((string plugin, IReadOnlyList<string> files) in extra) _plugins.SetExtra(plugin, files);
        return taken;
    }

    // A plugin whose folder can't be read may still be there, and goes before one of its name in a later folder.
    private bool IsHeld(string name, IReadOnlyList<string> folders, IReadOnlyList<string> unreadable, string? another) =>
        unreadable.Count > 0 && _plugins.Seen(name) is { } seen && unreadable.Contains(seen.Folder)
        && (another is null || IndexOf(folders, seen.Folder) < IndexOf(folders, another));

    private static int IndexOf(IReadOnlyList<string> folders, string folder) => folders.TakeWhile(other => other != folder).Count();

    private static TimeSpan Delay(TimeSpan scan)
    {
        TimeSpan delay = scan * DelayPerScan;
        return delay < ShortestDelay ? ShortestDelay : delay > LongestDelay ? LongestDelay : delay;
    }

    private static IReadOnlyList<string> Tidy(IReadOnlyList<string> folders) => [.. folders.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
}
