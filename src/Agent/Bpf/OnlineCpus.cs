using System.Globalization;

namespace EbpfAgent.Bpf;

/// <summary>The CPUs that run at this moment, which is what a perf event can be opened on.</summary>
/// <remarks>Source: <c>/sys/devices/system/cpu/online</c>.</remarks>
internal static class OnlineCpus
{
    public const string File = "/sys/devices/system/cpu/online";

    /// <exception cref="BpfException">The kernel's list can't be read.</exception>
    public static IReadOnlySet<int> Read(string file = File)
    {
        try
        {
            return Parse(System.IO.File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            throw BpfException.With(BpfFailure.Other, $"can't read which CPUs are online from {file}: {e.Message}");
        }
    }

    /// <summary>The kernel's form of a list: <c>0-3,5</c>.</summary>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static IReadOnlySet<int> Parse(string list)
    {
        HashSet<int> cpus = [];
        foreach (string range in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            int first = Number(dash < 0 ? range : range[..dash]);
            int last = dash < 0 ? first : Number(range[(dash + 1)..]);
            for (int cpu = first; cpu <= last; cpu++) cpus.Add(cpu);
        }

        return cpus;
    }

    private static int Number(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? number : throw new FormatException($"'{text}' is no number of a CPU");
}
