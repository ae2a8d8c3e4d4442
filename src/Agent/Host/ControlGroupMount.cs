using System.Text;

namespace EbpfAgent.Host;

/// <summary>Where control groups of version 2 are mounted: at <c>/sys/fs/cgroup</c>, beside version 1 at <c>/sys/fs/cgroup/unified</c>, or anywhere else.</summary>
/// <param name="Point">The mount point.</param>
/// <param name="Root">The path of the group that is mounted there: <c>/</c>, or another's in a container or a bind mount.</param>
internal sealed record ControlGroupMount(string Point, string Root)
{
    private const string Type = "cgroup2";

    // How mountinfo writes a root that lies above the root of the reader's own control group namespace, in which it has no path.
    private const string Above = "/..";

    /// <summary>What the paths of the groups below the mount point begin with; empty for all from the root.</summary>
    public string Prefix => Root == "/" || IsAbove ? "" : Root;

    private bool IsAbove => Root.StartsWith(Above, StringComparison.Ordinal);

    /// <summary>The mount that shows most: one from above the reader's namespace, else the one with the shortest root. Null where there is none.</summary>
    /// <param name="lines">Those of <c>/proc/self/mountinfo</c>: <c>41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw</c>.</param>
    public static ControlGroupMount? Find(IEnumerable<string> lines) =>
        lines.Select(Parse).OfType<ControlGroupMount>().OrderBy(static mount => mount.Prefix.Length).ThenByDescending(static mount => mount.IsAbove).FirstOrDefault();

    private static ControlGroupMount? Parse(string line)
    {
        string[] fields = line.Split(' ');
        // Optional fields come before the dash, any number of them.
        int dash = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        return dash > 0 && dash + 1 < fields.Length && fields[dash + 1] == Type ? new ControlGroupMount(Unescape(fields[4]), Unescape(fields[3])) : null;
    }

    /// <summary>Blanks and backslashes are written as three octal digits: <c>\040</c>.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
            plain.Append(isEscape ? (char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')) : text[i]);
            if (isEscape) i += 3;
        }

        return plain.ToString();
    }
}
