using System.Globalization;
using EbpfAgent.Configuration.Reading;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Configuration;

/// <summary>Makes a <see cref="PluginManifest"/> from a script plugin's <c>plugin.json</c>. The environment has no say in it.</summary>
internal static class PluginManifestLoader
{
    /// <summary>Reads a manifest.</summary>
    /// <param name="file">The path as messages shall show it.</param>
    /// <param name="open">Opens it; null does as .NET does.</param>
    /// <exception cref="ConfigurationException">The file can't be read, or anything in it is wrong.</exception>
    public static PluginManifest Load(string file, Func<string, SafeFileHandle>? open = null) =>
        Parse(ConfigurationFile.Read(file, "such a plugin is a folder with a plugin.json", open), file);

    /// <summary>The same for text that was read already. The file need not exist: its folder is where paths begin.</summary>
    /// <exception cref="ConfigurationException">Anything in the text is wrong.</exception>
    public static PluginManifest Parse(byte[] utf8, string file)
    {
        var errors = new ErrorList();
        var root = PositionedJson.Parse(utf8, file, errors);
        ManifestBounds.Demand(root, errors);
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
            ObjectPath = root.TryGet("object", ObjectFormat(folder), out string? path) ? path : OnlyObject(root, folder),
            Metrics = Metrics(root, folder),
            Programs = ProgramBinder.Bind(root),
            Settings = Settings(root),
            KernelAddresses = [.. (root.Values("kernelAddresses", SettingFormats.Identifier) ?? []).Select(static symbol => symbol.Value)],
            CgroupIdMaps = root.Objects("cgroupIds", CgroupIds) ?? [],
        };
    }

    private static SettingFormat<string> ObjectFormat(string folder) => SettingFormats.PathInside(folder, "disk_latency.bpf.o");

    // Left out, it is the folder's only one.
    private static string OnlyObject(ObjectReader root, string folder)
    {
        string[] objects = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.bpf.o") : [];
        if (objects.Length == 1 || root.Raw("object") is not null) return objects.FirstOrDefault("");
        string found = objects.Length == 0 ? " (the folder has no *.bpf.o; compile the program into it)" : $" (the folder has {objects.Length}: {string.Join(", ", objects.Select(Path.GetFileName).Order(StringComparer.Ordinal))})";
        root.Required("object", ObjectFormat(folder) with { Expected = ObjectFormat(folder).Expected + found });
        return "";
    }

    // Left out, they are what the object says.
    private static IReadOnlyList<ManifestMetric> Metrics(ObjectReader root, string folder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return root.Objects("metrics", reader =>
        {
            ManifestMetric metric = MetricReader.Read(reader, folder);
            if (metric.Name is not null && !names.Add(metric.Name))
                reader.Refuse("name", $"\"{metric.Name}\" is the name of an earlier metric");
            return metric;
        }) ?? [];
    }

    private static Dictionary<string, object> Settings(ObjectReader root)
    {
        var settings = new Dictionary<string, object>(StringComparer.Ordinal);
        if (root.Raw("settings") is not { } node) return settings;
        root.Object(node, "settings", reader =>
        {
            foreach (Member member in ((ObjectNode)node).Members)
            {
                if (reader.Raw(member.Name) is ScalarNode scalar && Value(scalar) is { } value) settings[member.Name] = value;
                else reader.Refuse(member.Name, $"expected a number, true or false, or a text; found {Quoted.Value(member.Value)}");
            }

            return settings;
        });
        return settings;
    }

    private static object? Value(ScalarNode scalar) => scalar.Kind switch
    {
        ScalarKind.String => scalar.Text,
        ScalarKind.Boolean => scalar.Text == "true",
        ScalarKind.Number when ulong.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong whole) => whole,
        ScalarKind.Number when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long negative) => negative,
        ScalarKind.Number when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) => real,
        _ => null,
    };

    private static CgroupIdMap CgroupIds(ObjectReader reader)
    {
        string map = reader.Required("map", SettingFormats.MapName);
        IReadOnlyList<ListedValue<string>>? patterns = reader.Values("patterns", SettingFormats.AnyText);
        if (patterns is null) reader.Refuse("patterns", "missing; expected a list of regular expressions on the paths of control groups");
        return new CgroupIdMap(map, [.. (patterns ?? []).Select(static pattern => pattern.Value)]);
    }
}
