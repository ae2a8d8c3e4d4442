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
    private Predecessor? _kept;
    private long _since;

    /// <summary>Keeps this, in place of what was kept before.</summary>
    /// <param name="unloaded">A version that no longer runs.</param>
    public void Keep(Predecessor unloaded)
    {
        lock (_gate) (_kept, _since) = (unloaded, time.GetTimestamp());
    }

    /// <summary>What is still remembered; or null.</summary>
    public Predecessor? Kept
    {
        get
        {
            lock (_gate) return Expire() ? _kept : null;
        }
    }

    /// <summary>Forgets it: a version has gone on from it.</summary>
    public void Forget()
    {
        lock (_gate) _kept = null;
    }

    /// <summary>Forgets what is older than a minute.</summary>
    /// <returns>Whether something is still remembered.</returns>
    public bool Expire()
    {
        lock (_gate)
        {
            if (_kept is not null && time.GetElapsedTime(_since) > Lifetime) _kept = null;
            return _kept is not null;
        }
    }
}
