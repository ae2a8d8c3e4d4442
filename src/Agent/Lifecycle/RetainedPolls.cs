using EbpfAgent.Polling;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// What a plugin that was unloaded has counted, for a minute: a folder that is gone and comes back, as version control and deployments do it, is a reload and not a
/// new plugin.
/// </summary>
/// <remarks>Safe for use by many threads.</remarks>
internal sealed class RetainedPolls(TimeProvider time)
{
    /// <summary>How long a plugin is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private IReadOnlyList<MapPoll>? _polls;
    private long _since;

    /// <summary>Keeps these, in place of what was kept before.</summary>
    public void Keep(IReadOnlyList<MapPoll> polls)
    {
        lock (_gate) (_polls, _since) = (polls, time.GetTimestamp());
    }

    /// <summary>What is still remembered; or null.</summary>
    public IReadOnlyList<MapPoll>? Polls
    {
        get
        {
            lock (_gate) return Expire() ? _polls : null;
        }
    }

    /// <summary>Forgets it: a version has gone on from it.</summary>
    public void Forget()
    {
        lock (_gate) _polls = null;
    }

    /// <summary>Forgets what is older than a minute.</summary>
    /// <returns>Whether something is still remembered.</returns>
    public bool Expire()
    {
        lock (_gate)
        {
            if (_polls is not null && time.GetElapsedTime(_since) > Lifetime) _polls = null;
            return _polls is not null;
        }
    }
}
