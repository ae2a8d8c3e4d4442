namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>static_map</c>: without a map everything is <c>empty mapping</c>.</summary>
internal sealed class ExporterStaticMap(IReadOnlyDictionary<string, string>? map, bool allowUnknown) : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        if (map is null)
            return "empty mapping";
        var text = ExporterInput.Text(input);
        return map.TryGetValue(text, out var value) ? value : allowUnknown ? text : $"unknown:{text}";
    }
}
