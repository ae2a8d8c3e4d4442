using System.Collections.ObjectModel;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads the <c>plugins</c> section.</summary>
internal static class PluginBinder
{
    /// <summary>The plugins that have a section, by name without regard to case.</summary>
    /// <param name="root">The agent's configuration.</param>
    /// <param name="folder">The folder of the configuration file.</param>
    /// <param name="interval">The agent's interval, for a plugin without one.</param>
    /// <param name="limits">The agent's limits, for what a plugin doesn't limit itself.</param>
    public static IReadOnlyDictionary<string, PluginConfiguration> Bind(
        ObjectReader root, string folder, PollInterval interval, PluginLimits limits)
    {
        var plugins = new Dictionary<string, PluginConfiguration>(StringComparer.OrdinalIgnoreCase);
        root.ObjectsByName("plugins", SettingFormats.PluginName, (name, reader) =>
        {
            var plugin = new PluginConfiguration
            {
                Name = name,
                Enabled = reader.Optional("enabled", true, SettingFormats.Boolean),
                Interval = reader.Optional("interval", interval, SettingFormats.Interval),
                Survive = reader.Optional("survive", false, SettingFormats.Boolean),
                Limits = LimitsBinder.Bind(reader, limits),
                Scripts = Scripts(reader, folder),
            };
            if (!plugins.TryAdd(name, plugin))
                reader.Refuse(null, $"the same plugin as \"{plugins[name].Name}\", since names have no case; remove one");
            return plugin;
        });
        return plugins.AsReadOnly();
    }

    private static ReadOnlyDictionary<string, string> Scripts(ObjectReader plugin, string folder) =>
        plugin.ValuesByName("scripts", SettingFormats.MapName, SettingFormats.PathFrom(folder))
            .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal)
            .AsReadOnly();
}
