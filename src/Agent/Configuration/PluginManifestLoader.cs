using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Makes a <see cref="PluginManifest"/> from a script plugin's <c>plugin.json</c>. The environment has no say in it.</summary>
internal static class PluginManifestLoader
{
    /// <summary>Reads a manifest.</summary>
    /// <param name="file">The path as messages shall show it.</param>
    /// <exception cref="ConfigurationException">The file can't be read, or anything in it is wrong.</exception>
    public static PluginManifest Load(string file) =>
        Parse(ConfigurationFile.Read(file, "a script plugin is a folder with a plugin.json"), file);

    /// <summary>The same for text that was read already. The file need not exist: its folder is where paths begin.</summary>
    /// <exception cref="ConfigurationException">Anything in the text is wrong.</exception>
    public static PluginManifest Parse(byte[] utf8, string file)
    {
        var errors = new ErrorList();
        var root = PositionedJson.Parse(utf8, file, errors);
        var manifest = ObjectReader.Document(root, errors, reader => Bind(reader, Path.GetFullPath(file)));
        errors.ThrowIfAny();
        return manifest!;
    }

    private static PluginManifest Bind(ObjectReader root, string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        return new PluginManifest
        {
            File = file,
            Folder = folder,
            ObjectPath = root.Required("object", SettingFormats.PathInside(folder, "disk_latency.bpf.o")),
            Metrics = Metrics(root, folder),
        };
    }

    private static IReadOnlyList<ManifestMetric> Metrics(ObjectReader root, string folder)
    {
        var maps = new HashSet<string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metrics = root.Objects("metrics", reader =>
        {
            var metric = Metric(reader, folder);
            if (metric.Map is not null && !maps.Add(metric.Map))
                reader.Refuse("map", $"\"{metric.Map}\" feeds an earlier metric; a map may feed one only");
            if (metric.Name is not null && !names.Add(metric.Name))
                reader.Refuse("name", $"\"{metric.Name}\" is the name of an earlier metric");
            return metric;
        });
        if (metrics is null)
            root.Refuse("metrics", "missing; expected a list of at least one metric");
        return metrics ?? [];
    }

    private static ManifestMetric Metric(ObjectReader metric, string folder) => new()
    {
        Map = metric.Required("map", SettingFormats.MapName),
        Name = metric.Required("name", SettingFormats.Metric),
        Help = metric.Required("help", SettingFormats.Sentence),
        ScriptPath = metric.Required("script", SettingFormats.PathInside(folder, "decode.js")),
        Scale = metric.TryGet("scale", SettingFormats.PositiveNumber, out double scale) ? scale : null,
        MaxSeries = metric.TryGet("maxSeries", SettingFormats.MaxSeries, out int series) ? series : null,
        Position = metric.Position,
    };
}
