using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Makes an <see cref="AgentConfiguration"/> from <c>agent.json</c> and the environment.</summary>
internal static class AgentConfigurationLoader
{
    /// <summary>The folder that plugins are looked for in where the configuration names none, beside the configuration file.</summary>
    public const string DefaultPluginFolder = "plugins";

    private static readonly SettingFormat<string> LogFormat = SettingFormats.OneOf("text", "json");
    private static readonly SettingFormat<string> LogLevel = SettingFormats.OneOf("debug", "information", "warning", "error");

    private static readonly SettingFormat<long> ScrapeSize = SettingFormats.Bytes(1L << 20, 4L << 30, "256MiB");

    private static readonly SettingFormat<ReloadEndpoint> ReloadWord = SettingFormats.OneOf(
        ("loopback", ReloadEndpoint.Loopback), ("on", ReloadEndpoint.On), ("off", ReloadEndpoint.Off));

    /// <summary>Reads the file and puts the environment over it.</summary>
    /// <param name="file">The path as the user gave it; messages repeat it so.</param>
    /// <param name="environment">All variables of the process; those that don't begin with <c>EBPF_AGENT_</c> are ignored.</param>
    /// <exception cref="ConfigurationException">The file can't be read, or anything in it or in the environment is wrong.</exception>
    public static AgentConfiguration Load(string file, IEnumerable<KeyValuePair<string, string?>> environment) =>
        Parse(ConfigurationFile.Read(file, "write one, or name another with --config FILE"), file, environment);

    /// <summary>The same for text that was read already. The file need not exist: its folder is where relative paths begin.</summary>
    /// <exception cref="ConfigurationException">Anything in the text or in the environment is wrong.</exception>
    public static AgentConfiguration Parse(byte[] utf8, string file, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var errors = new ErrorList();
        var root = PositionedJson.Parse(utf8, file, errors);
        if (root is ObjectNode settings)
            EnvironmentOverlay.Apply(settings, environment, errors);
        var configuration = ObjectReader.Document(root, errors, reader => Bind(reader, Path.GetFullPath(file)));
        errors.ThrowIfAny();
        return configuration!;
    }

    private static AgentConfiguration Bind(ObjectReader root, string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        var defaults = new AgentConfiguration { File = file, PluginFolders = [Path.Combine(folder, DefaultPluginFolder)] };
        var listed = defaults with
        {
            Listen = root.Optional("listen", defaults.Listen, SettingFormats.Listen),
            PluginFolders = PluginFolders(root, folder) ?? defaults.PluginFolders,
            MetricPrefix = root.Optional("metricPrefix", defaults.MetricPrefix, SettingFormats.MetricPrefix),
            Interval = root.Optional("interval", defaults.Interval, SettingFormats.Interval),
            ProgramStatistics = root.Optional("programStatistics", defaults.ProgramStatistics, SettingFormats.Boolean),
            MaxScrapeSize = root.Optional("maxScrapeSize", defaults.MaxScrapeSize, ScrapeSize),
            StateFolder = root.Optional("stateFolder", defaults.StateFolder, SettingFormats.PathFrom(folder)),
            PinFolder = root.Optional("pinFolder", defaults.PinFolder, SettingFormats.PathFrom(folder)),
            ReloadEndpoint = root.Optional("reloadEndpoint", defaults.ReloadEndpoint, ReloadWord),
            LogFormat = root.Optional("logFormat", defaults.LogFormat, LogFormat),
            LogLevel = root.Optional("logLevel", defaults.LogLevel, LogLevel),
            Limits = LimitsBinder.Bind(root, defaults.Limits),
        };
        return listed with { Plugins = PluginBinder.Bind(root, folder, listed.Interval, listed.Limits) };
    }

    private static IReadOnlyList<string>? PluginFolders(ObjectReader root, string folder)
    {
        if (root.Values("pluginFolders", SettingFormats.PathFrom(folder)) is not { } listed)
            return null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, position, where) in listed)
        {
            if (!seen.Add(path))
                root.Refuse(position, where, $"{Quoted.Text(path)} is listed twice; its plugins can be loaded once only");
        }
        return [.. listed.Select(l => l.Value)];
    }
}
