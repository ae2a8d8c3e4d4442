using System.Text.RegularExpressions;

namespace EbpfAgent.Survival;

/// <summary>Tells which file system a path is on, from the lines of <c>/proc/self/mounts</c>.</summary>
internal static partial class MountTable
{
    private const string BpfType = "bpf";

    /// <summary>Whether a path is on a BPF file system, and so holds pins and nothing else.</summary>
    /// <exception cref="IOException">There is no /proc.</exception>
    public static bool IsBpf(string path) => TypeOf(path, File.ReadLines("/proc/self/mounts")) == BpfType;

    /// <summary>The type of the file system that an absolute path is on; links are not followed.</summary>
    public static string? TypeOf(string path, IEnumerable<string> mounts)
    {
        (string Point, string? Type) found = ("", null);
        foreach (string line in mounts)
        {
            if (line.Split(' ') is not [_, var point, var type, ..]) continue;
            point = Unescape(point);
            // Of two at the same point the later one covers the earlier.
            if (Holds(point, path) && point.Length >= found.Point.Length) found = (point, type);
        }

        return found.Type;
    }

    private static bool Holds(string point, string path) =>
        point == "/" || path == point || (path.StartsWith(point, StringComparison.Ordinal) && path[point.Length] == '/');

    private static string Unescape(string point) => Octal().Replace(point, static match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString());

    [GeneratedRegex(@"\\[0-7]{3}", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
