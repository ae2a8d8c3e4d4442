using System.Collections.Immutable;
using EbpfAgent.Decoding.BuiltIn.RegularExpressions;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>
/// Lets through what one of some expressions matches, and drops the key otherwise. The text becomes the expression's first group that took part in the match, or else the whole match.
/// </summary>
internal sealed class RegexpStep : ILabelStep
{
    private readonly ImmutableArray<Re2> _expressions;

    /// <exception cref="FormatException">An expression is none of RE2.</exception>
    public RegexpStep(IReadOnlyList<string> expressions) => _expressions = [.. expressions.Select(static expression => new Re2(expression))];

    public bool NeedsText => true;

    public string? Decode(in LabelInput input)
    {
        var text = input.Text ?? throw new DecodeException("regexp wants a text, and there is none yet: begin the chain with uint, int or string");
        foreach (var expression in _expressions)
        {
            var match = expression.Match(text);
            if (match.Success)
                return match.Groups.Values.Skip(1).FirstOrDefault(static group => group.Success)?.Value ?? match.Value;
        }

        return null;
    }
}
