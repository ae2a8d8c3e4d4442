using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>
/// Makes a <see cref="PluginManifest"/> from a configuration of cloudflare/ebpf_exporter, version 2: <c>NAME.yaml</c>, whose object is <c>NAME.bpf.o</c> beside it. Names, labels and values
/// come out as there; what is not supported is refused, and what has no effect is among <see cref="PluginManifest.Remarks"/>, each with its line.
/// </summary>
internal static class EbpfExporterConfiguration
{
    /// <summary>What the names of all metrics begin with.</summary>
    public const string MetricPrefix = "ebpf_exporter_";

    /// <summary>How a configuration's file name ends.</summary>
    public const string Extension = ".yaml";

    private const string ObjectExtension = ".bpf.o";

    /// <summary>The file name of a configuration's object, or null for a file that is no configuration by its name.</summary>
    public static string? ObjectName(string fileName) =>
        fileName.Length > Extension.Length && fileName.EndsWith(Extension, StringComparison.Ordinal) ? fileName[..^Extension.Length] + ObjectExtension : null;

    /// <summary>Reads a configuration.</summary>
    /// <param name="file">The path as messages shall show it.</param>
    /// <param name="check">What is wrong with a decoder's arguments, as the rest of a sentence, or null; left out where nobody can tell.</param>
    /// <param name="open">Opens it; null does as .NET does.</param>
    /// <exception cref="ConfigurationException">The file can't be read, or anything in it is wrong or not supported.</exception>
    public static PluginManifest Load(string file, Func<DecoderSpec, string?>? check = null, Func<string, SafeFileHandle>? open = null) =>
        Parse(ConfigurationFile.Read(file, "a configuration of ebpf_exporter is a NAME.yaml with its NAME.bpf.o", open), file, check);

    /// <summary>The same for text that was read already. The file need not exist: its folder is where the object is.</summary>
    /// <exception cref="ConfigurationException">Anything in the text is wrong or not supported.</exception>
    public static PluginManifest Parse(byte[] utf8, string file, Func<DecoderSpec, string?>? check = null)
    {
        var errors = new ErrorList();
        if (ObjectName(Path.GetFileName(file)) is not { } objectName)
            throw errors.Fatal(JsonPosition.OfFile(file), "", $"expected a file name that ends in {Extension}, beside its object");
        var context = new ExporterContext(check);
        var root = PositionedYaml.Parse(utf8, file, errors);
        ManifestBounds.Demand(root, errors);
        if (root is ObjectNode document)
            DocumentForm.Prepare(document, errors, context);
        var manifest = ObjectReader.Document(root, errors, reader => Bind(reader, context, Path.GetFullPath(file), objectName));
        errors.ThrowIfAny();
        return manifest!;
    }

    private static PluginManifest Bind(ObjectReader root, ExporterContext context, string file, string objectName)
    {
        // The configuration's name is that of its file, there and here.
        root.TryGet("name", SettingFormats.AnyText, out _);
        string folder = Path.GetDirectoryName(file)!;
        return new PluginManifest
        {
            File = file,
            Folder = folder,
            ObjectPath = Path.Combine(folder, objectName),
            MetricPrefix = MetricPrefix,
            Metrics = Metrics(root, context),
            KernelAddresses = [.. (root.Values("kaddrs", ExporterFormats.KernelSymbol) ?? []).Select(symbol => symbol.Value).Distinct(StringComparer.Ordinal)],
            CgroupIdMaps = root.Object("cgroup_id_map", CgroupIdMapBinder.Bind) is { } map ? [map] : [],
            AreProgramsOptional = true,
            Remarks = context.Remarks,
        };
    }

    private static List<ManifestMetric> Metrics(ObjectReader root, ExporterContext context)
    {
        List<ManifestMetric> metrics = [];
        root.Object("metrics", reader =>
        {
            var counters = reader.Objects("counters", counter => CounterBinder.Bind(counter, context));
            var histograms = reader.Objects("histograms", histogram => HistogramBinder.Bind(histogram, context));
            metrics.AddRange((counters ?? []).SelectMany(counter => counter));
            metrics.AddRange(histograms ?? []);
            if (counters is null && histograms is null)
                reader.Refuse(null, "nothing in it; expected counters, histograms or both");
            return reader;
        });
        if (!root.Has("metrics"))
            root.Refuse("metrics", "missing; expected an object with counters, histograms or both");
        return metrics;
    }
}
