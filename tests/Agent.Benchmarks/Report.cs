using System.Globalization;

namespace EbpfAgent.Benchmarks;

/// <summary>A line per figure: <c>bench: NAME VALUE UNIT</c>.</summary>
internal static class Report
{
    public static void Figure(string name, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench: {name} {value:0.###} {unit}"));

    /// <summary>Works until the runtime has compiled the hot paths for good.</summary>
    public static void WarmUp(Action work)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2)) work();
    }

    /// <summary>The best of several runs, in milliseconds: what the work takes when nobody else takes the machine.</summary>
    public static double Best(int runs, Action prepare, Action work) => BestInTurn(runs, prepare, [work])[0];

    /// <summary>The same of several works that are compared with each other: in turn, so that a slow moment of the machine hits all alike.</summary>
    public static double[] BestInTurn(int runs, Action prepare, IReadOnlyList<Action> works)
    {
        double[] best = [.. works.Select(static _ => double.PositiveInfinity)];
        for (int run = 0; run < runs; run++)
        {
            prepare();
            for (int i = 0; i < best.Length; i++)
            {
                long started = TimeProvider.System.GetTimestamp();
                works[i]();
                best[i] = Math.Min(best[i], TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return best;
    }
}
