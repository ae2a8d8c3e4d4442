namespace EbpfAgent.Host;

/// <summary>
/// Answers of the host, each read when it is asked for and again once it is old; absences too, so that an unknown number isn't looked up at every poll. What
/// can't be read any more stays as it last was. For any thread; a reading is done under the lock, so that many who ask at once ask the host once.
/// </summary>
/// <param name="capacity">How many answers are kept; when that is reached, all are forgotten.</param>
/// <param name="lifetime">After how long one is read again.</param>
/// <param name="time">The clock.</param>
/// <param name="read">Reads an answer; null where there is none.</param>
internal sealed class RereadCache<TKey, TValue>(int capacity, TimeSpan lifetime, TimeProvider time, Func<TKey, TValue?> read)
    where TKey : struct
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, (TValue? Value, long ReadAt)> _answers = [];

    public TValue? Find(TKey key)
    {
        lock (_gate)
        {
            bool isKnown = _answers.TryGetValue(key, out (TValue? Value, long ReadAt) answer);
            if (isKnown && time.GetElapsedTime(answer.ReadAt) < lifetime) return answer.Value;
            if (!isKnown && _answers.Count >= capacity) _answers.Clear();
            TValue? value = read(key) ?? answer.Value;
            _answers[key] = (value, time.GetTimestamp());
            return value;
        }
    }
}
