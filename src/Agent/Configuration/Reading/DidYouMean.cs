namespace EbpfAgent.Configuration.Reading;

/// <summary>Finds the legal key that a mistyped one is nearest to.</summary>
internal static class DidYouMean
{
    /// <summary>More edits than this are no slip of the finger.</summary>
    private const int MaxDistance = 2;

    /// <summary>The nearest key without regard to case, at most two edits and half of what was written away; or null.</summary>
    public static string? Find(string written, IEnumerable<string> known) =>
        known.Select(key => (Key: key, Distance: Distance(written.AsSpan(), key)))
            .Where(found => found.Distance <= MaxDistance && 2 * found.Distance <= written.Length)
            .OrderBy(found => found.Distance)
            .Select(found => found.Key)
            .FirstOrDefault();

    /// <summary>Levenshtein's distance without regard to case; more than two is not counted out.</summary>
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (Math.Abs(a.Length - b.Length) > MaxDistance)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
