namespace EbpfAgent.Configuration;

/// <summary>What a metric name of Prometheus may be in every exposition format and version.</summary>
internal static class MetricName
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "letters, digits, \"_\" and \":\", not beginning with a digit";

    /// <summary>True for <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>.</summary>
    public static bool IsLegal(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');
}
