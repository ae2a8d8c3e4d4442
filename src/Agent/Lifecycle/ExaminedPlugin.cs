using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// A version of a plugin of which all that can be known without the kernel has been checked: its object is open, and each metric fits its map. Owns the definition and the object, until another
/// takes them over.
/// </summary>
internal sealed class ExaminedPlugin : IDisposable
{
    private readonly ObjectOptions _options;
    private OpenBpfObject? _opened;
    private bool _isTakenOver;

    private ExaminedPlugin(PluginDefinition definition, ReadOnlyMemory<byte> image, ObjectOptions options, OpenBpfObject opened, IReadOnlyList<MetricBinding> bindings)
    {
        (Definition, Image, _options, _opened, Bindings) = (definition, image, options, opened, bindings);
    }

    public PluginDefinition Definition { get; }

    /// <summary>The object's bytes.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    public IReadOnlyList<MetricBinding> Bindings { get; }

    /// <summary>The object, until it is loaded.</summary>
    public OpenBpfObject Object => _opened ?? throw new InvalidOperationException("the object is loaded");

    /// <summary>Opens and checks.</summary>
    /// <param name="plugin">The plugin's name, for messages.</param>
    /// <param name="metricPrefix">What its metrics' names begin with.</param>
    /// <param name="define">Makes its definition.</param>
    /// <param name="kernel">This kernel, whose symbols the object may want.</param>
    /// <exception cref="PluginException">It can't run; nothing of it is left.</exception>
    public static ExaminedPlugin Of(string plugin, string metricPrefix, Func<PluginDefinition> define, KernelFacts kernel)
    {
        PluginDefinition? definition = null;
        OpenBpfObject? opened = null;
        try
        {
            definition = define();
            ReadOnlyMemory<byte> image = definition.ReadObject();
            ObjectOptions options = Options(definition, kernel);
            opened = OpenBpfObject.Open(definition.ObjectName, image.Span, options);
            MetricBinding[] bindings = Bind(plugin, definition, opened, metricPrefix);
            foreach (CgroupIdMap wanted in definition.CgroupIdMaps) CgroupIds.Check(opened, wanted);
            return new ExaminedPlugin(definition, image, options, opened, bindings);
        }
        catch (Exception e)
        {
            opened?.Dispose();
            definition?.Dispose();
            throw PluginErrors.From(e);
        }
    }

    /// <summary>Loads the object, which is used up by it; the next load opens it again.</summary>
    /// <param name="kernel">The kernel that it is for.</param>
    /// <param name="predecessor">Whose maps are used again; null for none.</param>
    /// <exception cref="BpfException">The kernel refused; what was created until then is gone again.</exception>
    public LoadedBpfObject Load(KernelFacts kernel, IPredecessor? predecessor)
    {
        OpenBpfObject opened = _opened ?? OpenBpfObject.Open(Definition.ObjectName, Image.Span, _options);
        _opened = opened;
        LoadedBpfObject loaded = opened.Load(kernel, predecessor);
        _opened = null;
        return loaded;
    }

    /// <summary>Somebody else disposes the definition from now on.</summary>
    public PluginDefinition TakeOver()
    {
        _isTakenOver = true;
        return Definition;
    }

    public void Dispose()
    {
        _opened?.Dispose();
        if (!_isTakenOver) Definition.Dispose();
    }

    private static ObjectOptions Options(PluginDefinition definition, KernelFacts kernel) =>
        new(definition.Programs, definition.Variables, KernelSymbols.Find(definition.ObjectName, definition.KernelAddresses, kernel)) { AreProgramsOptional = definition.AreProgramsOptional };

    private static MetricBinding[] Bind(string plugin, PluginDefinition definition, OpenBpfObject opened, string metricPrefix)
    {
        var binder = new MetricBinder(opened, definition.MetricPrefix ?? metricPrefix);
        MetricBinding[] bindings = [.. definition.MetricsOf(opened).Select(metric => Bind(binder, metric))];
        if (bindings.GroupBy(static binding => binding.Map.Name).FirstOrDefault(static map => map.Any(binding => binding.Map.KeySize != map.First().Map.KeySize)) is { } torn)
            throw new PluginException(PluginError.Metric, $"{opened.Name}: the metrics of map '{torn.Key}' take its events to be of different sizes ({string.Join(", ", torn.Select(static binding => binding.Map.KeySize))} bytes); name one struct for all");
        return FamilyRegistry.FindTwice(bindings.Select(static binding => binding.Description.MetricName)) is { } twice
            ? throw new PluginException(PluginError.Metric, $"plugin '{plugin}' names '{twice}' twice, counting the _bucket, _sum and _count of its histograms; rename one")
            : bindings;
    }

    private static MetricBinding Bind(MetricBinder binder, MetricDefinition metric)
    {
        try
        {
            return binder.Bind(metric);
        }
        catch (PluginException e) when (e.Error is PluginError.Layout or PluginError.Metric && metric.Position is not null)
        {
            throw new PluginException(e.Error, $"{metric.Position}: {e.Message}", e) { IsTransient = e.IsTransient };
        }
    }
}
