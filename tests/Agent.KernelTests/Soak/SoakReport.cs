using System.Globalization;
using System.Text;

namespace EbpfAgent.Tests.Soak;

/// <summary>What a soak was, and what came of it. Safe for use by many threads.</summary>
internal sealed class SoakReport(int seed)
{
    // A run that goes wrong goes wrong again and again; the first problems tell why.
    private const int MostProblems = 30;

    private readonly Lock _gate = new();
    private readonly List<string> _problems = [];
    private readonly List<string> _done = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly long _started = TimeProvider.System.GetTimestamp();

    /// <summary>The marked calls that were made; each is counted by its plugin and by the reference.</summary>
    public long Events { get; set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    public int Scrapes { get; set; }

    public int Linted { get; set; }

    /// <summary>Loads by their result, as the agent counts them.</summary>
    public string Loads { get; set; } = "";

    public Footprint? Start { get; set; }

    /// <summary>What was there when all plugins were, right before they were removed.</summary>
    public Footprint? Loaded { get; set; }

    public Footprint? End { get; set; }

    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate) return [.. _problems];
        }
    }

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>Something is not as it should be.</summary>
    public void Problem(string problem)
    {
        lock (_gate)
        {
            if (_problems.Count < MostProblems) _problems.Add($"{Elapsed.TotalSeconds:0.0} s: {problem}");
            _done.Add($"{Elapsed.TotalSeconds:0.0} s: PROBLEM: {problem}");
        }
    }

    /// <summary>Counts of a plugin were looked at.</summary>
    public void Found(string plugin, Finding finding)
    {
        Lost += finding.Lost;
        Doubled += finding.Doubled;
        foreach (string problem in finding.Problems) Problem($"{plugin}: {problem}");
    }

    /// <summary>Something was done.</summary>
    public void Did(string kind, string what)
    {
        lock (_gate)
        {
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            _done.Add($"{Elapsed.TotalSeconds:0.0} s: {what}");
        }
    }

    /// <summary>All that was done, a line each.</summary>
    public string Journal
    {
        get
        {
            lock (_gate) return string.Join('\n', _done);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(string what, object value) => text.AppendLine(CultureInfo.InvariantCulture, $"  {what,-12} {value}");
        text.AppendLine("soak:");
        Line("seed", seed);
        Line("duration", $"{Elapsed.TotalSeconds:0} s");
        Line("events", $"{Events} ({Lost} lost, {Doubled} doubled)");
        lock (_gate) Line("done", string.Join(", ", _counts.Select(static count => $"{count.Key} {count.Value}")));
        Line("loads", Loads);
        Line("scrapes", $"{Scrapes}, {Linted} of them linted");
        Line("memory", $"{Megabytes(Start)} at the start, {Megabytes(Loaded)} with all plugins at the end, {Megabytes(End)} without");
        Line("descriptors", $"{Start?.DescriptorCount} at the start, {Loaded?.DescriptorCount} with all plugins at the end, {End?.DescriptorCount} without");
        Line("problems", Problems.Count);
        foreach (string problem in Problems) text.AppendLine(CultureInfo.InvariantCulture, $"    {problem}");
        return text.ToString();
    }

    private static string Megabytes(Footprint? one) => one is null ? "?" : $"{one.ResidentBytes >> 20} MiB";
}
