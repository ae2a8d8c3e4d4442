using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Takes a plugin from its definition to a version that only has to be attached: open, check, load, decode once. What fails undoes all that was done before it.
/// </summary>
/// <param name="registry">The names of all metrics.</param>
/// <param name="kernel">This kernel.</param>
/// <param name="calls">The funnel through which maps are read.</param>
/// <param name="time">The clock.</param>
/// <param name="survivors">The plugins that are to outlive the agent; null if none may.</param>
internal sealed class PluginLoader(FamilyRegistry registry, KernelFacts kernel, IMapCalls calls, TimeProvider time, Survivors? survivors = null)
{
    /// <summary>Has events be taken between polls; its owner ends it.</summary>
    public EventPump Pump { get; init; } = new();

    /// <summary>The host's control groups: their paths by their ids.</summary>
    public Func<IReadOnlyDictionary<ulong, string>> Groups { get; init; } = static () => new Dictionary<ulong, string>();

    /// <summary>Where they are mounted.</summary>
    public Func<string> GroupMount { get; init; } = static () => IHost.UsualCgroupMount;

    /// <summary>Is shown each metric as it is bound, and may put something in its place; leaves them as they are by default.</summary>
    public Func<MetricBinding, MetricBinding> Observe { get; init; } = static binding => binding;

    /// <summary>Loads a version of a plugin, and attaches nothing.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="metricPrefix">What its metrics' names begin with.</param>
    /// <param name="define">Makes its definition, which the result owns.</param>
    /// <param name="before">The version that runs, whose maps it shares where they are of the same layout; null if there is none.</param>
    /// <param name="cancellation">Nobody waits for it any more: its code has been given up, and has come back.</param>
    /// <exception cref="PluginException">It can't run; nothing of it is left.</exception>
    public IPreparedPlugin Prepare(PluginConfiguration settings, string metricPrefix, Func<PluginDefinition> define, RunningPlugin? before, CancellationToken cancellation = default)
    {
        ExaminedPlugin examined = ExaminedPlugin.Of(settings.Name, metricPrefix, define, kernel);
        LoadedBpfObject? loaded = null;
        PreparedSurvival? survival = null;
        MapPoll[] polls = [];
        try
        {
            MetricBinding[] bindings = [.. examined.Bindings.Select(Observe)];
            foreach (MetricBinding binding in bindings) DecodeOnce(binding, before);
            // All that the plugin's own code has a part in is above. What is below belongs to one load at a time.
            cancellation.ThrowIfCancellationRequested();
            survival = PrepareSurvival(settings, examined.Image, before);
            loaded = examined.Load(kernel, (IPredecessor?)before?.Object ?? survival?.Inheritance?.Pinned);
            if (survival?.Inheritance is { } inheritance && Unshared(loaded, bindings) is { } reason)
            {
                loaded.Dispose();
                survival.Survivor.Renounce(inheritance, reason);
                survival = survival with { Inheritance = null };
                loaded = null;
                loaded = examined.Load(kernel, null);
            }

            var gate = new Lock();
            CgroupIds[] cgroups = [.. examined.Definition.CgroupIdMaps.Select(wanted => new CgroupIds(loaded.Map(wanted.Map), wanted, Groups, GroupMount))];
            polls = [.. bindings.GroupBy(static binding => binding.Map.Name).Select(map => CreatePoll(loaded, [.. map], settings, gate))];
            return new PreparedPlugin(settings.Name, examined.TakeOver(), loaded, polls, cgroups, gate, registry, kernel, survival);
        }
        catch (Exception e)
        {
            survival?.Inheritance?.Dispose();
            foreach (MapPoll poll in polls) poll.Dispose();
            loaded?.Dispose();
            examined.Dispose();
            throw PluginErrors.From(e);
        }
    }

    private PreparedSurvival? PrepareSurvival(PluginConfiguration settings, ReadOnlyMemory<byte> image, RunningPlugin? before)
    {
        if (survivors is null) return null;
        if (settings.Survive)
        {
            Survivor survivor = survivors.Claim(settings.Name);
            return new PreparedSurvival(survivor, before is null ? survivor.Find(image.Span) : null, image);
        }

        if (before is null) survivors.Renounce(settings.Name);
        return null;
    }

    // The same object may still be laid out otherwise: by another libbpf, or for another number of CPUs.
    private static string? Unshared(LoadedBpfObject loaded, MetricBinding[] bindings)
    {
        (string map, string reason) = loaded.FreshMaps.FirstOrDefault(fresh => bindings.Any(binding => binding.Map.Name == fresh.Map));
        return map is null ? null : $"map '{map}' {reason}";
    }

    // A decoder that can't cope with what the map holds at this moment is not let in. One of another key is tried on nothing: there is no such key yet.
    private static void DecodeOnce(MetricBinding binding, RunningPlugin? before)
    {
        MapPoll? old = before?.Polls.FirstOrDefault(poll => poll.Map.Definition.Name == binding.Map.Name);
        if (old?.Families.FirstOrDefault(family => family.Description.Name == binding.Description.Name) is not { } family) return;
        if (!family.TryCopyAnyKey(out byte[] key) || key.Length != binding.KeySize) return;
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

    private MapPoll CreatePoll(LoadedBpfObject loaded, MetricBinding[] bindings, PluginConfiguration settings, Lock gate)
    {
        BpfMap map = loaded.Map(bindings[0].Map.Name);
        FailedInsertCounter? failures = FailedInserts(loaded, map.Definition.Name, out bool isShared);
        bool isEvents = EventBuffers.Serves(map.Definition.Kind);
        IEntrySource source = isEvents
            ? new EventCounter(EventBuffers.Open(map), bindings[0].Map.KeySize, MostEvents(settings.Limits), Pump, failures, isShared)
            : new MapReader(calls, map, PossibleCpus.Count);
        MetricIntake[] intakes = [.. bindings.Select(binding => binding.CreateIntake(Limits(binding, settings.Limits), gate, time, source.ValueBytes))];
        // Of events, what was dropped is among their losses.
        return new MapPoll(map, source, intakes, isEvents ? null : failures, isShared);
    }

    // Many events may share their labels.
    private static int MostEvents(PluginLimits limits) => (int)Math.Min(1_000_000, 8L * limits.MaxSeries);

    private static SeriesLimits Limits(MetricBinding binding, PluginLimits limits) => new(Math.Min(binding.MaxSeries ?? int.MaxValue, limits.MaxSeries), limits.MaxLabelLength)
    {
        Overflow = limits.Overflow == Configuration.Overflow.Drop ? Series.Overflow.Drop : Series.Overflow.Other,
        ExpireGone = limits.ExpireGone,
        ExpireUnchanged = limits.ExpireUnchanged,
    };

    private FailedInsertCounter? FailedInserts(LoadedBpfObject loaded, string map, out bool isShared)
    {
        isShared = false;
        if (HistogramSections.DropCounter(loaded.Btf, map) is not { } counter) return null;
        isShared = loaded.IsShared(counter.Section);
        return new FailedInsertCounter(calls, loaded.Map(counter.Section), counter.Offset, map);
    }
}
