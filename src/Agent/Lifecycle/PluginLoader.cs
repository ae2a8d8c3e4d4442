using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Takes a plugin from its definition to a running one: open, check, load, attach. What fails undoes all that was done before it.
/// </summary>
internal sealed class PluginLoader(FamilyRegistry registry, KernelFacts kernel, IMapCalls calls, string metricPrefix, TimeProvider time)
{
    /// <summary>Loads and attaches a plugin.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="define">Makes its definition; on success the running plugin owns it.</param>
    /// <exception cref="PluginException">It can't run; nothing of it is left.</exception>
    public RunningPlugin Load(PluginConfiguration settings, Func<PluginDefinition> define)
    {
        PluginDefinition definition = define();
        OpenBpfObject? opened = null;
        LoadedBpfObject? loaded = null;
        try
        {
            opened = OpenBpfObject.Open(definition.ObjectName, definition.ReadObject().Span);
            MetricBinding[] bindings = Bind(definition, opened);
            Reserve(settings.Name, bindings);
            loaded = opened.Load(kernel);
            var gate = new Lock();
            MapPoll[] polls = [.. bindings.Select(binding => CreatePoll(loaded, binding, settings, gate))];
            loaded.Attach(kernel);
            registry.Publish(settings.Name, [.. polls.Select(static poll => poll.Family)]);
            return new RunningPlugin(definition, loaded, polls, gate);
        }
        catch (Exception e)
        {
            registry.Release(settings.Name);
            loaded?.Dispose();
            if (loaded is null) opened?.Dispose();
            definition.Dispose();
            throw PluginErrors.From(e);
        }
    }

    private MetricBinding[] Bind(PluginDefinition definition, OpenBpfObject opened)
    {
        var binder = new MetricBinder(opened, metricPrefix);
        MetricBinding[] bindings = [.. definition.Metrics.Select(binder.Bind)];
        string? shared = bindings.GroupBy(static binding => binding.Map.Name).FirstOrDefault(static group => group.Count() > 1)?.Key;
        return shared is null
            ? bindings
            : throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{shared}' feeds two metrics; a map feeds one");
    }

    private void Reserve(string plugin, MetricBinding[] bindings)
    {
        if (registry.Reserve([.. bindings.Select(static binding => binding.Description.Name)], plugin) is not { } taken) return;
        throw new PluginException(
            PluginError.Metric,
            taken.Owner == plugin
                ? $"plugin '{plugin}' names '{taken.Name}' twice, counting the _bucket, _sum and _count of its histograms; rename one"
                : $"metric '{taken.Name}' is claimed by plugin '{plugin}' and belongs to '{taken.Owner}'; rename one, or disable one of the two");
    }

    private MapPoll CreatePoll(LoadedBpfObject loaded, MetricBinding binding, PluginConfiguration settings, Lock gate)
    {
        BpfMap map = loaded.Map(binding.Map.Name);
        var reader = new MapReader(calls, map, PossibleCpus.Count);
        int maxSeries = Math.Min(binding.MaxSeries ?? int.MaxValue, settings.Limits.MaxSeries);
        var limits = new SeriesLimits(maxSeries, settings.Limits.MaxLabelLength);
        var family = new HistogramFamily(binding.Description, binding.SubKeySize, binding.Decoder, limits, gate, time);
        IEntrySink intake = binding.IsPerBucket
            ? new PerBucketIntake(family, binding.Map.KeySize, reader.ValueBytes)
            : new PerSeriesIntake(family, binding.Map.KeySize, reader.ValueBytes);
        return new MapPoll(map, reader, intake, family, FailedInserts(loaded, binding.Map.Name));
    }

    private FailedInsertCounter? FailedInserts(LoadedBpfObject loaded, string map) =>
        HistogramSections.DropCounter(loaded.Btf, map) is { } counter
            ? new FailedInsertCounter(calls, loaded.Map(counter.Section), counter.Offset, map)
            : null;
}
