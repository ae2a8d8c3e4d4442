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
    public static double Best(int runs, Action prepare, Action work)
    {
        double best = double.PositiveInfinity;
        for (int run = 0; run < runs; run++)
        {
            prepare();
            long started = TimeProvider.System.GetTimestamp();
            work();
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        return best;
    }
}
