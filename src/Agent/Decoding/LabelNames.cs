using System.Collections.Immutable;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Decoding;

/// <summary>Prometheus' rules for label names, and those that a histogram adds.</summary>
internal static class LabelNames
{
    /// <summary>The names, checked and copied: nothing of a plugin's own collection is kept.</summary>
    /// <param name="names">As the plugin gave them.</param>
    /// <param name="owner">Who gave them, for messages: a struct's name, a script's path.</param>
    /// <exception cref="PluginException">A name is illegal, reserved or there twice.</exception>
    public static ImmutableArray<string> Check(IEnumerable<string?> names, string owner)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            if (Objection(name) is { } objection)
                throw Refused(owner, name, objection);
            if (!seen.Add(name!))
                throw Refused(owner, name, "is there twice; give each label a name of its own.");
            result.Add(name!);
        }

        return result.ToImmutable();
    }

    private static PluginException Refused(string owner, string? name, string objection) =>
        new(PluginError.Metric, $"{owner}: the label name '{name}' {objection}");

    private static string? Objection(string? name)
    {
        if (!MetricNames.IsLegal(name, colons: false))
            return "is illegal; use letters, digits and underscores, not starting with a digit.";
        if (name!.StartsWith("__", StringComparison.Ordinal))
            return "starts with two underscores, which Prometheus keeps for itself; choose another.";
        return name == "le" ? "is the one that a histogram's buckets carry; choose another." : null;
    }
}
