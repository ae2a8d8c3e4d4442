namespace EbpfAgent.Decoding.JavaScript;

/// <summary>What follows <c>from</c> in an import, as the path of a file in the script's folder. Text only: links are the business of whoever reads the file.</summary>
internal static class ScriptSpecifier
{
    private const int MaxLength = 1024;

    /// <summary>The file that a module means.</summary>
    /// <param name="importer">The module's own path below the folder.</param>
    /// <param name="specifier">As it is written: <c>../lib/names.json</c>.</param>
    /// <param name="name">The file's path below the folder, without <c>.</c> and <c>..</c>.</param>
    /// <param name="objection">Why there can be none: the rest of a sentence, with the way out.</param>
    public static bool TryResolve(string importer, string specifier, out string name, out string objection)
    {
        name = "";
        objection = Objection(specifier) ?? "";
        if (objection.Length > 0)
            return false;
        var segments = new List<string>(importer.Split('/')[..^1]);
        foreach (var segment in specifier.Split('/'))
        {
            if (segment is "" or ".")
                continue;
            if (segment != "..")
                segments.Add(segment);
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
            else
                return Refuse("leads out of the script's folder; move the file inside", out objection);
        }

        name = string.Join('/', segments);
        return true;
    }

    public static bool IsJson(string name) => name.EndsWith(".json", StringComparison.Ordinal);

    private static bool Refuse(string why, out string objection)
    {
        objection = why;
        return false;
    }

    private static string? Objection(string specifier)
    {
        if (specifier.Length > MaxLength)
            return $"has more than {MaxLength} characters; shorten it";
        if (!specifier.StartsWith("./", StringComparison.Ordinal) && !specifier.StartsWith("../", StringComparison.Ordinal))
            return "is no file of the script's folder; there are no packages, so write a path that begins with ./ or ../";

        // In a URL, which a specifier is elsewhere, these would mean something else than themselves.
        if (specifier.AsSpan().IndexOfAny("\\?#%") >= 0 || specifier.Any(char.IsControl))
            return @"has one of \ ? # % or a control character in it; name the file otherwise";
        return specifier.EndsWith(".js", StringComparison.Ordinal) || IsJson(specifier)
            ? null
            : "is neither a .js nor a .json file; write the name with its ending";
    }
}
