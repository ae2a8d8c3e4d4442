using EbpfAgent.Abstractions;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Decoding.JavaScript;

namespace EbpfAgent.Lifecycle;

/// <summary>Makes the decoders of one plugin: from its C# keys, from its scripts, or from the scripts that the configuration puts over its maps.</summary>
internal sealed partial class DecoderFactory(PluginConfiguration settings, IHost host, ILogger logger)
{
    private readonly List<ScriptFiles> _scripts = [];

    /// <summary>
    /// Called after each script, whether it could be loaded or not, with the absolute paths of all that the scripts so far have imported or wanted to: where they lie outside of the plugin's folder,
    /// they have to be watched as the scripts are.
    /// </summary>
    public Action<IReadOnlyList<string>> Imported { get; set; } = static _ => { };

    /// <summary>The decoder of a C# key, after its struct was held against the kernel's; or of the script that the configuration names instead.</summary>
    /// <exception cref="PluginException">They don't fit.</exception>
    public IKeyDecoder ForMetric(Metric metric, KeyType key)
    {
        if (settings.Scripts.TryGetValue(key.Map, out string? script)) return ForScript(script, key);
        KeyLayout kernel = key.Layout();
        LayoutReport report = LayoutCheck.Compare(key.Map, KeyLayout.FromClr(metric.KeyType), kernel);
        if (report.Error is not null) throw new PluginException(PluginError.Layout, $"{key.Object}: {report.Error}");
        Warn(report.Warnings);
        return new ClrKeyDecoder(metric, host);
    }

    /// <summary>The decoder of a script.</summary>
    /// <param name="path">The script's absolute path.</param>
    /// <param name="key">The map's key.</param>
    /// <param name="folder">The folder whose files it may import; null takes the one that it lies in.</param>
    /// <exception cref="PluginException">The script can't be read.</exception>
    /// <exception cref="ScriptException">The script is wrong.</exception>
    public IKeyDecoder ForScript(string path, KeyType key, string? folder = null)
    {
        KeyLayout kernel = key.Layout();
        Warn(LayoutCheck.PaddingWarning(key.Map, kernel));
        PluginLimits limits = settings.Limits;
        var around = new ScriptEnvironment(
            host,
            new ScriptLimits(limits.ScriptTimeout, limits.ScriptMemory, limits.ScriptStatements),
            TimeProvider.System,
            line => LogScript(logger, settings.Name, line));
        var files = new ScriptFiles(folder ?? Path.GetDirectoryName(path)!);
        _scripts.Add(files);
        try
        {
            return ScriptDecoder.Load(files.Open(path), kernel, around);
        }
        finally
        {
            Imported([.. _scripts.SelectMany(static script => script.Asked).Distinct(StringComparer.Ordinal)]);
        }
    }

    /// <summary>The decoder of labels that are named with built-in decoders; without labels, of all fields of the key.</summary>
    /// <exception cref="PluginException">The key has no such field, or there is no such decoder.</exception>
    public IKeyDecoder ForLabels(IReadOnlyList<LabelSpec>? labels, KeyType key)
    {
        if (settings.Scripts.TryGetValue(key.Map, out string? script)) return ForScript(script, key);
        bool hasPlaces = labels is not null && labels.All(static label => label.Place is not null);
        KeyLayout? kernel = hasPlaces ? null : key.Layout();
        if (kernel is not null) Warn(LayoutCheck.PaddingWarning(key.Map, kernel));
        return FieldDecoder.Create(labels, kernel, key.Size, key.Bucket, host);
    }

    private void Warn(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings) LogWarning(logger, settings.Name, warning);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin}: {Warning}")]
    private static partial void LogWarning(ILogger logger, string plugin, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} says: {Line}")]
    private static partial void LogScript(ILogger logger, string plugin, string line);
}
