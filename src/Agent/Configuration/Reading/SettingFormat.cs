using System.Diagnostics.CodeAnalysis;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Reads a value from its text; false where it isn't one.</summary>
internal delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>What a setting must look like. <see cref="SettingFormats"/> has those in use.</summary>
/// <param name="Kind">What has to be written in JSON; text from the environment takes any.</param>
/// <param name="Expected">The legal values in words, to follow "expected".</param>
/// <param name="TryParse">Reads and checks the text.</param>
internal sealed record SettingFormat<T>(ScalarKind Kind, string Expected, TryParse<T> TryParse)
{
    /// <summary>True where a bare number is the likely mistake.</summary>
    public bool HasUnit { get; init; }

    /// <summary>Reads a node, or says why it can't be read.</summary>
    public bool TryRead(Node node, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (node is ScalarNode scalar && (scalar.Kind == Kind || scalar.Kind == ScalarKind.Untyped) && TryParse(scalar.Text, out value))
            return true;
        value = default;
        problem = $"expected {Expected}; found {Quoted.Value(node)}{(LacksUnit(node) ? ", which has no unit" : "")}";
        return false;
    }

    private bool LacksUnit(Node node) => HasUnit && node is ScalarNode scalar && double.TryParse(scalar.Text, out _);
}
