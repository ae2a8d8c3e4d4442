namespace EbpfAgent.Discovery;

/// <summary>
/// Decides when what has been seen to change has come to rest, and whether it is then another one than before. Does no I/O: its owner looks, says what
/// was seen, and does the step that comes back. Only the clock's monotonic timestamps are used. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// What is tracked rests or moves. It moves when a look shows something else than the last one, and rests when, after a quiet period in which all looks
/// showed the same, it was read (or is gone). Only what was read is compared, so that any number of events between two rests is one change, or none.
/// </remarks>
/// <typeparam name="TStamp">What a cheap look shows.</typeparam>
/// <typeparam name="TContent">What reading it whole shows.</typeparam>
internal sealed class ChangeTracker<TStamp, TContent>(TimeProvider time)
    where TStamp : class, IEquatable<TStamp>
    where TContent : class, IEquatable<TContent>
{
    // The readings that nothing gave a reason for are spread over the period.
    private const int Phases = 16;

    private readonly Dictionary<string, Track> _tracks = new(StringComparer.OrdinalIgnoreCase);
    private readonly long _start = time.GetTimestamp();
    private int _begun;

    /// <summary>The names of all that is there, may be there, or was there a moment ago.</summary>
    public IReadOnlyCollection<string> Names => _tracks.Keys;

    /// <summary>Whether something of which nothing is known yet has not come to rest.</summary>
    public bool IsWaiting => _tracks.Values.Any(static track => track is { IsAtRest: false, Known: null });

    /// <summary>Takes what a look has shown.</summary>
    /// <param name="name">What was looked at; its case doesn't matter.</param>
    /// <param name="sight">What was seen.</param>
    /// <param name="stamp">Its stamp where it is present.</param>
    /// <param name="atOnce">Take the quiet period as over, and read even what rests.</param>
    /// <returns>
    /// <see cref="Step.Read"/>: read it, then call <see cref="Accept"/> or <see cref="Defer"/>; for something unreadable of which nothing is known yet, accept
    /// that as its content. <see cref="Step.Gone"/>: it is no longer tracked.
    /// </returns>
    public Step Observe(string name, Sight sight, TStamp? stamp, bool atOnce)
    {
        if (!_tracks.TryGetValue(name, out Track? track))
        {
            if (sight == Sight.Absent) return Step.Wait;
            track = new Track { Phase = ChangeTracker.ReadPeriod * (_begun++ % Phases) / Phases };
            _tracks.Add(name, track);
            See(track, sight, stamp);
        }
        else if (track.Sight != sight || (sight == Sight.Present && !stamp!.Equals(track.Stamp)))
        {
            See(track, sight, stamp);
        }

        bool isDue = track.IsAtRest
            ? sight == Sight.Present && (atOnce || ReadingOf(track) != track.Reading)
            : atOnce || time.GetElapsedTime(track.Since) >= ChangeTracker.QuietPeriod;
        if (!isDue) return Step.Wait;
        return sight switch
        {
            Sight.Present => Step.Read,
            Sight.Unreadable => track.Known is null ? Step.Read : Step.Wait,
            _ => Forget(name, track),
        };
    }

    /// <summary>Takes what was read after <see cref="Step.Read"/>, and lets it rest.</summary>
    /// <returns>Whether it is a change: another content than the last one, or the first.</returns>
    public bool Accept(string name, TContent content)
    {
        Track track = _tracks[name];
        track.IsAtRest = true;
        track.Reading = ReadingOf(track);
        bool isChange = !content.Equals(track.Known);
        track.Known = content;
        return isChange;
    }

    /// <summary>Says that it was not at rest when it was read: another quiet period, and it will be read again.</summary>
    public void Defer(string name)
    {
        Track track = _tracks[name];
        See(track, track.Sight, track.Stamp);
    }

    /// <summary>Whether it is there, may be there, or was there a moment ago.</summary>
    public bool IsTracked(string name) => _tracks.ContainsKey(name);

    /// <summary>The content that was accepted last; null where there was none.</summary>
    public TContent? Known(string name) => _tracks.GetValueOrDefault(name)?.Known;

    /// <summary>Puts another content in the place of the known one, which is no change.</summary>
    public void Rebase(string name, TContent content) => _tracks[name].Known = content;

    /// <summary>Whether it has been moving for so long that somebody should be told.</summary>
    public bool IsRestless(string name) =>
        _tracks.TryGetValue(name, out Track? track) && !track.IsAtRest && track.Sight != Sight.Unreadable && time.GetElapsedTime(track.MovingSince) >= ChangeTracker.Patience;

    private void See(Track track, Sight sight, TStamp? stamp)
    {
        track.Since = time.GetTimestamp();
        // What can't be seen doesn't move.
        if (track.IsAtRest || track.Sight == Sight.Unreadable) track.MovingSince = track.Since;
        (track.IsAtRest, track.Sight, track.Stamp) = (false, sight, stamp);
    }

    private Step Forget(string name, Track track)
    {
        _tracks.Remove(name);
        return track.Known is null ? Step.Wait : Step.Gone;
    }

    private long ReadingOf(Track track) => (long)((time.GetElapsedTime(_start) + track.Phase) / ChangeTracker.ReadPeriod);

    private sealed class Track
    {
        public required TimeSpan Phase { get; init; }

        // Begun at rest, so that the first look is the beginning of its moving.
        public bool IsAtRest { get; set; } = true;

        public Sight Sight { get; set; }

        public TStamp? Stamp { get; set; }

        /// <summary>When it was first seen as it is now.</summary>
        public long Since { get; set; }

        /// <summary>When it was last at rest, or unreadable.</summary>
        public long MovingSince { get; set; }

        /// <summary>Which of the periodic readings the last one stands for.</summary>
        public long Reading { get; set; }

        public TContent? Known { get; set; }
    }
}

/// <summary>The times that every tracker goes by.</summary>
internal static class ChangeTracker
{
    /// <summary>As long nothing may have changed before what is there counts as whole. A compiler or a copy seldom pauses for longer.</summary>
    public static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(1);

    /// <summary>What has been moving for so long is unlikely to come to rest by itself.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What rests is read again once in each such period: content can change while length and mtime stay.</summary>
    public static readonly TimeSpan ReadPeriod = TimeSpan.FromSeconds(30);
}
