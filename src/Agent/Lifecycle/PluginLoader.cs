using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Takes a plugin from its definition to a version that only has to be attached: open, check, load, decode once. What fails undoes all that was done before it.
/// </summary>
internal sealed class PluginLoader(FamilyRegistry registry, KernelFacts kernel, IMapCalls calls, TimeProvider time)
{
    /// <summary>Loads a version of a plugin, and attaches nothing.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="metricPrefix">What its metrics' names begin with.</param>
    /// <param name="define">Makes its definition, which the result owns.</param>
    /// <param name="before">The version that runs, whose maps it shares where they are of the same layout; null if there is none.</param>
    /// <exception cref="PluginException">It can't run; nothing of it is left.</exception>
    public IPreparedPlugin Prepare(PluginConfiguration settings, string metricPrefix, Func<PluginDefinition> define, RunningPlugin? before)
    {
        PluginDefinition definition = define();
        OpenBpfObject? opened = null;
        LoadedBpfObject? loaded = null;
        try
        {
            opened = OpenBpfObject.Open(definition.ObjectName, definition.ReadObject().Span);
            MetricBinding[] bindings = Bind(settings.Name, definition, opened, metricPrefix);
            foreach (MetricBinding binding in bindings) DecodeOnce(binding, before);
            loaded = opened.Load(kernel, before?.Object);
            var gate = new Lock();
            MapPoll[] polls = [.. bindings.Select(binding => CreatePoll(loaded, binding, settings, gate))];
            return new PreparedPlugin(settings.Name, definition, loaded, polls, gate, registry, kernel);
        }
        catch (Exception e)
        {
            loaded?.Dispose();
            if (loaded is null) opened?.Dispose();
            definition.Dispose();
            throw PluginErrors.From(e);
        }
    }

    private static MetricBinding[] Bind(string plugin, PluginDefinition definition, OpenBpfObject opened, string metricPrefix)
    {
        var binder = new MetricBinder(opened, metricPrefix);
        MetricBinding[] bindings = [.. definition.Metrics.Select(binder.Bind)];
        if (FamilyRegistry.FindTwice(bindings.Select(static binding => binding.Description.Name)) is { } twice)
            throw new PluginException(PluginError.Metric, $"plugin '{plugin}' names '{twice}' twice, counting the _bucket, _sum and _count of its histograms; rename one");
        string? shared = bindings.GroupBy(static binding => binding.Map.Name).FirstOrDefault(static group => group.Count() > 1)?.Key;
        return shared is null
            ? bindings
            : throw new PluginException(PluginError.Metric, $"{opened.Name}: map '{shared}' feeds two metrics; a map feeds one");
    }

    // A decoder that can't cope with what the map holds at this moment is not let in. One of another key is tried on nothing: there is no such key yet.
    private static void DecodeOnce(MetricBinding binding, RunningPlugin? before)
    {
        MapPoll? old = before?.Polls.FirstOrDefault(poll => poll.Map.Definition.Name == binding.Map.Name);
        if (old is null || !old.Family.TryCopyAnyKey(out byte[] key) || key.Length != binding.SubKeySize) return;
        try
        {
            binding.Decoder.Decode(key);
        }
        catch (Exception e) when (e is not ScriptException)
        {
            throw new PluginException(
                PluginError.Decode, $"the decoder of map '{binding.Map.Name}' fails on the key {Convert.ToHexString(key)} that is in it: {e.Message}; correct it, or let it leave the key out", e);
        }
    }

    private MapPoll CreatePoll(LoadedBpfObject loaded, MetricBinding binding, PluginConfiguration settings, Lock gate)
    {
        BpfMap map = loaded.Map(binding.Map.Name);
        var reader = new MapReader(calls, map, PossibleCpus.Count);
        int maxSeries = Math.Min(binding.MaxSeries ?? int.MaxValue, settings.Limits.MaxSeries);
        var limits = new SeriesLimits(maxSeries, settings.Limits.MaxLabelLength)
        {
            Overflow = settings.Limits.Overflow == Configuration.Overflow.Drop ? Series.Overflow.Drop : Series.Overflow.Other,
            ExpireGone = settings.Limits.ExpireGone,
            ExpireUnchanged = settings.Limits.ExpireUnchanged,
        };
        var family = new HistogramFamily(binding.Description, binding.SubKeySize, binding.Decoder, limits, gate, time);
        IEntrySink intake = binding.IsPerBucket
            ? new PerBucketIntake(family, binding.Map.KeySize, reader.ValueBytes)
            : new PerSeriesIntake(family, binding.Map.KeySize, reader.ValueBytes);
        FailedInsertCounter? failures = FailedInserts(loaded, binding.Map.Name, out bool isShared);
        return new MapPoll(map, reader, intake, family, failures, isShared);
    }

    private FailedInsertCounter? FailedInserts(LoadedBpfObject loaded, string map, out bool isShared)
    {
        isShared = false;
        if (HistogramSections.DropCounter(loaded.Btf, map) is not { } counter) return null;
        isShared = loaded.IsShared(counter.Section);
        return new FailedInsertCounter(calls, loaded.Map(counter.Section), counter.Offset, map);
    }
}
