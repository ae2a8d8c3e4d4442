namespace EbpfAgent.Discovery;

/// <summary>What is known of each plugin, and the reading of its files when that is due. For one thread at a time.</summary>
/// <param name="time">The clock.</param>
internal sealed class WatchedPlugins(TimeProvider time)
{
    private readonly ChangeTracker<PluginStamp, PluginContent> _tracker = new(time);
    private readonly Dictionary<string, PluginCandidate> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _troubles = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<string>> _extra = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string?> _realFolders = new(StringComparer.Ordinal);

    /// <summary>All that are there, may be there, or were there a moment ago.</summary>
    public IReadOnlyCollection<string> Names => _tracker.Names;

    /// <summary>Whether one that was never reported is waited for.</summary>
    public bool IsWaiting => _tracker.IsWaiting;

    /// <summary>The plugin as it was seen last.</summary>
    public PluginCandidate? Seen(string name) => _seen.GetValueOrDefault(name);

    /// <summary>Begins a scan: plugin folders that are links may have been pointed elsewhere.</summary>
    public void Begin() => _realFolders.Clear();

    /// <summary>Looks at the files of a plugin that was found.</summary>
    /// <param name="candidate">The plugin.</param>
    /// <param name="isForced">Take it as it is, and read it even if nothing seems to have changed.</param>
    /// <param name="restedSince">If it was not written since then, it is taken as it is; null: it is to stay the same for a quiet period first.</param>
    /// <param name="problems">What is wrong with it is added here.</param>
    /// <returns>The change; null where there is none, or not yet.</returns>
    public PluginChange? Look(PluginCandidate candidate, bool isForced, DateTime? restedSince, Dictionary<string, string> problems)
    {
        string name = candidate.Name;
        _seen[name] = candidate;
        bool atOnce = isForced || restedSince is not null;
        PluginChange? change;
        if (candidate.IsUnreadable)
        {
            change = Refuse(candidate, atOnce);
        }
        else
        {
            try
            {
                if (Stamp(candidate) is not { } stamp) return Miss(name, isForced);
                if (stamp.Limit is { } limit) problems[limit] = limit;
                Step step = _tracker.Observe(name, Sight.Present, stamp, isForced || stamp.LastWrite <= restedSince);
                atOnce |= step == Step.Read;
                change = step == Step.Read ? Read(stamp) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                change = Refuse(PluginCandidate.Unreadable(candidate.Path, e), atOnce);
            }
        }

        if (_troubles.TryGetValue(name, out string? trouble)) problems["unreadable " + name] = trouble;
        if (_tracker.IsRestless(name)) problems["restless " + name] = Restless(candidate);
        return change;
    }

    /// <summary>Takes it that a plugin is not there.</summary>
    /// <returns>That it is gone, once that has lasted for a quiet period.</returns>
    public PluginChange? Miss(string name, bool isForced)
    {
        Step step = _tracker.Observe(name, Sight.Absent, stamp: null, isForced);
        if (_tracker.IsTracked(name)) return null;
        _seen.Remove(name);
        _troubles.Remove(name);
        return step == Step.Gone ? new PluginChange(name, Candidate: null, ContentHash: null) : null;
    }

    /// <summary>Takes it that nothing can be said of a plugin: it stays what it is.</summary>
    public void Hold(string name) => _tracker.Observe(name, Sight.Unreadable, stamp: null, atOnce: false);

    /// <summary>See <see cref="PluginWatch.SetExtraFiles"/>.</summary>
    public void SetExtra(string name, IReadOnlyList<string> files)
    {
        _extra[name] = files;
        if (_tracker.Known(name) is { Hash: not null } known) _tracker.Rebase(name, known.With(files));
    }

    private PluginChange? Read(PluginStamp stamp)
    {
        PluginCandidate candidate = stamp.Candidate;
        try
        {
            PluginContent content = PluginContent.Read(stamp, time.GetUtcNow());
            // Written while it was read, it may be half the old and half the new.
            if (stamp.Equals(Stamp(candidate)))
            {
                _troubles.Remove(candidate.Name);
                return Accept(content);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Replaced or removed while it was read.
        }

        _tracker.Defer(candidate.Name);
        return null;
    }

    // One that is loaded stays as it is. One of which nothing is known is reported, so that it shows among the plugins.
    private PluginChange? Refuse(PluginCandidate candidate, bool atOnce)
    {
        string name = candidate.Name;
        if (_tracker.Observe(name, Sight.Unreadable, stamp: null, atOnce) == Step.Read) return Accept(PluginContent.Unreadable(candidate));
        if (_tracker.Known(name)?.Hash is not null)
            _troubles[name] = $"{candidate.Problem}; plugin '{name}' stays as it was loaded until its files can be read";
        return null;
    }

    private PluginChange? Accept(PluginContent content) =>
        _tracker.Accept(content.Candidate.Name, content) ? new PluginChange(content.Candidate.Name, content.Candidate, content.Hash) : null;

    private PluginStamp? Stamp(PluginCandidate candidate)
    {
        if (!_realFolders.TryGetValue(candidate.Folder, out string? folder))
            _realFolders[candidate.Folder] = folder = RealPath.Of(candidate.Folder)?.FullName;
        return folder is null ? null : PluginFiles.Stamp(candidate, folder, _extra.GetValueOrDefault(candidate.Name, []));
    }

    private static string Restless(PluginCandidate candidate) =>
        $"{candidate.Path} has been changing for {ChangeTracker.Patience.TotalSeconds} s without a pause of {ChangeTracker.QuietPeriod.TotalSeconds} s; it is taken up once nothing is written to it for so long";
}
