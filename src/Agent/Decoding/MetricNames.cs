namespace EbpfAgent.Decoding;

/// <summary>Prometheus' rule for names: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c> for metrics, the same without colons for labels.</summary>
internal static class MetricNames
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "letters, digits, \"_\" and \":\", not beginning with a digit";

    public static bool IsLegal(string? name) => IsLegal(name, colons: true);

    internal static bool IsLegal(string? name, bool colons)
    {
        if (string.IsNullOrEmpty(name) || char.IsAsciiDigit(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_' && !(colons && c == ':'))
                return false;
        }

        return true;
    }
}
