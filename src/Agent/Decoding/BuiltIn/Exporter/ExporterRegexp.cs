using System.Collections.Immutable;
using EbpfAgent.Decoding.BuiltIn.RegularExpressions;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary>
/// <c>regexp</c>: the only group of the first expression that matches, empty where it took no part, or the whole match where it has none. One with several groups counts as if it did not match.
/// </summary>
internal sealed class ExporterRegexp : ILabelStep
{
    private readonly ImmutableArray<Re2> _expressions;

    /// <exception cref="FormatException">An expression is none of RE2.</exception>
    public ExporterRegexp(IReadOnlyList<string> expressions) => _expressions = [.. expressions.Select(static expression => new Re2(expression))];

    public string? Decode(in LabelInput input)
    {
        var text = ExporterInput.Text(input);
        foreach (var expression in _expressions)
        {
            if (expression.Groups <= 1 && expression.Match(text) is { Success: true } match)
                return match.Groups[expression.Groups].Value;
        }

        return null;
    }
}
