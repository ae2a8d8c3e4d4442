using System.Globalization;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>The CPUs that are on, by the kernel's list of them (<c>0-3,6</c>). Reads it anew at each call, and parses it when it has changed.</summary>
internal sealed class OnlineCpus(string file = OnlineCpus.UsualFile)
{
    public const string UsualFile = "/sys/devices/system/cpu/online";
    private const int Most = 1 << 16;

    private string? _text;
    private IReadOnlyList<Place> _places = [];

    public IReadOnlyList<Place> Now()
    {
        string text = File.ReadAllText(file);
        if (text == _text) return _places;
        _places = [.. Parse(text).Select(static cpu => new Place($"CPU {cpu}", cpu))];
        _text = text;
        return _places;
    }

    /// <summary>The numbers in a list. What is no list of CPUs has none.</summary>
    internal static IEnumerable<int> Parse(string text)
    {
        foreach (string range in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out int first) || !TryParse(ends[^1], out int last)) continue;
            for (int cpu = first; cpu <= last; cpu++) yield return cpu;
        }
    }

    private static bool TryParse(string text, out int cpu) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu < Most;
}
