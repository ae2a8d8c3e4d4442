namespace EbpfAgent.Discovery;

/// <summary>Says each problem once, for as long as it lasts.</summary>
/// <param name="time">The clock; only its monotonic timestamps are used.</param>
internal sealed class ProblemLog(TimeProvider time)
{
    // While files are moved about, much is wrong for a moment.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Problem> _open = new(StringComparer.Ordinal);

    /// <summary>Takes all that is wrong now: what is missing in it has been resolved.</summary>
    /// <param name="now">The problems by what they are about: another sentence about the same is the same problem.</param>
    /// <param name="atOnce">Say also what has only just begun.</param>
    /// <returns>What is to be said.</returns>
    public IReadOnlyList<string> Take(IReadOnlyDictionary<string, string> now, bool atOnce)
    {
        foreach (string about in _open.Keys)
        {
            if (!now.ContainsKey(about)) _open.Remove(about);
        }

        List<string>? said = null;
        foreach ((string about, string text) in now)
        {
            if (!_open.TryGetValue(about, out Problem? problem)) _open.Add(about, problem = new Problem(time.GetTimestamp()));
            if (problem.IsSaid || (!atOnce && time.GetElapsedTime(problem.Since) < Doubt)) continue;
            problem.IsSaid = true;
            (said ??= []).Add(text);
        }

        return said ?? (IReadOnlyList<string>)[];
    }

    private sealed class Problem(long since)
    {
        public long Since => since;

        public bool IsSaid { get; set; }
    }
}
