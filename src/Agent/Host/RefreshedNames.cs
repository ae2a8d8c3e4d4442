namespace EbpfAgent.Host;

/// <summary>
/// Names that the host can only be asked for all at once. They are read when the first is asked for, when they are old, and when one is asked for that isn't
/// there; how often that last is done is limited, so that an unknown number costs no reading at every poll. A name that is gone stays until another has its
/// number. For any thread; a reading is done under the lock, since who asks meanwhile would wait for the same.
/// </summary>
/// <param name="lifetime">After how long they are read again at any rate.</param>
/// <param name="pause">The shortest time between two readings; ten times as long as a reading took where that is more.</param>
/// <param name="time">The clock.</param>
/// <param name="read">Reads all of them; null where they are as they were.</param>
internal sealed class RefreshedNames<TKey>(TimeSpan lifetime, TimeSpan pause, TimeProvider time, Func<Dictionary<TKey, string>?> read)
    where TKey : struct
{
    /// <summary>How many names are kept of what is gone; the oldest are forgotten first.</summary>
    public const int GoneCapacity = 4096;

    private const int RestPerWork = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, (string Name, long Number)> _gone = [];
    private readonly Queue<(TKey Key, long Number)> _goneInOrder = new();
    private Dictionary<TKey, string> _names = [];
    private TimeSpan _rest;
    private long? _readAt;
    private long _goneSoFar;

    public string? Find(TKey key)
    {
        lock (_gate)
        {
            RefreshIfOlderThan(lifetime);
            if (_names.TryGetValue(key, out string? name)) return name;
            if (_gone.TryGetValue(key, out (string Name, long Number) gone)) return gone.Name;
            RefreshIfOlderThan(pause);
            return _names.GetValueOrDefault(key);
        }
    }

    /// <summary>Those that exist now, or did a pause ago. It is never changed.</summary>
    public IReadOnlyDictionary<TKey, string> Existing()
    {
        lock (_gate)
        {
            RefreshIfOlderThan(pause);
            return _names;
        }
    }

    private void RefreshIfOlderThan(TimeSpan age)
    {
        long now = time.GetTimestamp();
        if (_readAt is { } readAt && time.GetElapsedTime(readAt, now) < (age > _rest ? age : _rest)) return;
        if (read() is { } names) Replace(names);
        _readAt = time.GetTimestamp();
        _rest = time.GetElapsedTime(now, _readAt.Value) * RestPerWork;
    }

    private void Replace(Dictionary<TKey, string> names)
    {
        foreach ((TKey key, string name) in _names)
        {
            if (names.ContainsKey(key)) continue;
            _gone[key] = (name, ++_goneSoFar);
            _goneInOrder.Enqueue((key, _goneSoFar));
        }

        foreach (TKey key in names.Keys) _gone.Remove(key);
        while (_goneInOrder.Count > GoneCapacity) Forget(_goneInOrder.Dequeue());
        _names = names;
    }

    // What has come back, or has gone once more since, is not what was noted.
    private void Forget((TKey Key, long Number) old)
    {
        if (_gone.TryGetValue(old.Key, out (string Name, long Number) gone) && gone.Number == old.Number) _gone.Remove(old.Key);
    }
}
