using System.Diagnostics.CodeAnalysis;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Makes the paths of settings absolute. Touches no file.</summary>
internal static class SettingFile
{
    /// <summary>An absolute path from an absolute or relative one. Refuses "~", which only a shell expands.</summary>
    public static bool TryResolve(string folder, string text, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
            return false;
        if (text == "~" || text.StartsWith("~/", StringComparison.Ordinal))
            return false;
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text, folder));
        return true;
    }

    /// <summary>The absolute path of a file inside the folder. Refuses an absolute path, "..", and the folder itself.</summary>
    public static bool TryResolveInside(string folder, string text, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (Path.IsPathRooted(text) || text.EndsWith('/') || text.Split('/').Contains(".."))
            return false;
        return TryResolve(folder, text, out path) && path != Path.TrimEndingDirectorySeparator(folder);
    }
}
