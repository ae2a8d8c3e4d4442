using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>What the readers of one file share. On one thread.</summary>
/// <param name="check">What is wrong with a decoder's arguments, or null; itself null where nobody can tell.</param>
internal sealed class ExporterContext(Func<DecoderSpec, string?>? check)
{
    private readonly List<ConfigurationError> _remarks = [];
    private readonly HashSet<string> _metricNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _maps = new(StringComparer.Ordinal);

    public Func<DecoderSpec, string?>? Check { get; } = check;

    /// <summary>What has no effect here, in the order of reading.</summary>
    public IReadOnlyList<ConfigurationError> Remarks => _remarks;

    public void Remark(ObjectReader reader, string key, string words) => Remark(reader.Remark(key, words));

    public void Remark(ConfigurationError remark) => _remarks.Add(remark);

    /// <summary>A metric's map, once per file: what a map counts would be there twice.</summary>
    public string Map(ObjectReader reader)
    {
        string? map = reader.Required("name", SettingFormats.MapName);
        if (map is not null && !_maps.Add(map))
            reader.Refuse("name", $"\"{map}\" is the name, and so the map, of an earlier metric");
        return map!;
    }

    /// <summary>A metric's name, once per file.</summary>
    public void Own(ObjectReader reader, string? name)
    {
        if (name is not null && !_metricNames.Add(name))
            reader.Refuse("name", $"\"{name}\" is the name of an earlier metric");
    }
}
