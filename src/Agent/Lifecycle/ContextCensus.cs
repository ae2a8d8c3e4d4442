using System.Runtime.Loader;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Counts the load contexts that were unloaded and are not collected. Unloading only asks for it: a thread, a static event or a timer of the plugin's keeps
/// the context, and with it all of the plugin's code, for good.
/// </summary>
/// <remarks>Safe for use by many threads.</remarks>
internal sealed class ContextCensus(TimeProvider time)
{
    // Collections of all generations are dear; what isn't collected after some of them is held.
    private const int MostCollections = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<WeakReference> _unloaded = [];
    private int _collections;
    private long _last;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return CountAlive();
        }
    }

    /// <summary>Begins to count a context that is being unloaded.</summary>
    public void Add(AssemblyLoadContext context)
    {
        lock (_gate)
        {
            _unloaded.Add(new WeakReference(context, trackResurrection: true));
            _collections = 0;
            _last = time.GetTimestamp();
        }
    }

    /// <summary>Collects them if there are any: soon after an unload, then more and more seldom, then no more until the next one.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            if (CountAlive() == 0 || _collections == MostCollections || time.GetElapsedTime(_last) < FirstPause * (1 << (2 * _collections))) return;
            _collections++;
            _last = time.GetTimestamp();
        }

        // What has a finalizer is collected only after it has run, and a context needs two: one finds that none of its code is in use any more, the next one is its own.
        for (int finalizers = 0; finalizers < 2; finalizers++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private int CountAlive()
    {
        _unloaded.RemoveAll(static context => !context.IsAlive);
        return _unloaded.Count;
    }
}
