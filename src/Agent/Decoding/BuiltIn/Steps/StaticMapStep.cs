namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>Looks a text up in a map.</summary>
/// <param name="map">What becomes of which text.</param>
/// <param name="fallback">What all others become; null leaves it to <paramref name="allowUnknown"/>.</param>
/// <param name="allowUnknown">Whether a text that the map lacks is taken as it is.</param>
internal sealed class StaticMapStep(IReadOnlyDictionary<string, string> map, string? fallback, bool allowUnknown) : ILabelStep
{
    public bool NeedsText => true;

    public string Decode(in LabelInput input)
    {
        var text = input.Text ?? throw new DecodeException("static_map wants a text, and there is none yet: begin the chain with uint, int or string");
        return map.TryGetValue(text, out var value) ? value : fallback ?? (allowUnknown ? text : Unknown.Text(text));
    }
}
