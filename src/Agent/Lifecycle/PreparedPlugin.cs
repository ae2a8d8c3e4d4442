using EbpfAgent.Bpf;
using EbpfAgent.Polling;
using EbpfAgent.Series;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>A version that is in the kernel and attached to nothing.</summary>
/// <param name="owner">The plugin's name.</param>
/// <param name="definition">What it says of itself; owned.</param>
/// <param name="loaded">Its object; owned.</param>
/// <param name="polls">Its maps, each with its family.</param>
/// <param name="cgroups">Its maps of control groups.</param>
/// <param name="gate">The lock that its families share.</param>
/// <param name="registry">The names of all metrics.</param>
/// <param name="kernel">This kernel.</param>
/// <param name="survival">How it is to outlive the agent; null if it isn't.</param>
internal sealed class PreparedPlugin(
    string owner, PluginDefinition definition, LoadedBpfObject loaded, IReadOnlyList<MapPoll> polls, IReadOnlyList<CgroupIds> cgroups, Lock gate, FamilyRegistry registry, KernelFacts kernel,
    PreparedSurvival? survival = null) : IPreparedPlugin
{
    private static readonly TimeSpan LastPollPatience = TimeSpan.FromSeconds(1);

    private IEnumerable<MetricFamily> Families => polls.SelectMany(static poll => poll.Families);

    // What outlives the agent in the kernel: a gauge has no totals, and the counts of events are the agent's own, and end with it.
    private IEnumerable<CumulativeFamily> Surviving => polls.Where(static poll => !poll.IsEvents).SelectMany(static poll => poll.Families).OfType<CumulativeFamily>();

    public RunningPlugin Start(Predecessor? before)
    {
        Reserve();
        try
        {
            // Before the first event: programs look up in them whose events to count.
            foreach (CgroupIds groups in cgroups) groups.Refresh();
            AttachAfter((IPredecessor?)before?.Running?.Object ?? survival?.Inheritance?.Pinned);
            if (before is not null) TakeOver(before);
            else Begin();
            Survive(before);
        }
        catch (Exception e)
        {
            registry.Cancel(owner);
            throw PluginErrors.From(e);
        }

        survival?.Inheritance?.Dispose();
        return new RunningPlugin(definition, loaded, polls, cgroups, gate, survival?.Survivor);
    }

    public void Dispose()
    {
        survival?.Inheritance?.Dispose();
        foreach (MapPoll poll in polls) poll.Dispose();
        loaded.Dispose();
        definition.Dispose();
    }

    private void Reserve()
    {
        if (registry.Reserve([.. Families.Select(static family => family.Description.MetricName)], owner) is not { } taken) return;
        throw new PluginException(PluginError.Metric, $"metric '{taken.Name}' is claimed by plugin '{owner}' and belongs to '{taken.Owner}'; rename one, or disable one of the two")
        {
            // The other one may go.
            IsTransient = true,
        };
    }

    private void AttachAfter(IPredecessor? before)
    {
        if (before is null)
        {
            loaded.Attach(kernel);
            return;
        }

        loaded.PrepareTakeOver(before, kernel);
        loaded.TakeOver(before);
    }

    private void Begin()
    {
        Inherit();
        foreach (MapPoll poll in polls) poll.Start();
    }

    // What the maps hold has gone on without an agent; what else was counted is in the totals.
    private void Inherit()
    {
        if (survival?.Inheritance is not { } inheritance) return;
        foreach (CumulativeFamily family in Surviving)
        {
            if (inheritance.Totals.Open(family.Description.Name) is not { } totals) continue;
            try
            {
                using (totals) family.ReadSnapshot(totals);
            }
            catch (InvalidDataException e)
            {
                survival.Survivor.Say($"the totals of {family.Description.Name} begin with what its map holds: {e.Message}");
            }
        }
    }

    private void Survive(Predecessor? before)
    {
        // The version before it did, and this one doesn't.
        if (before?.Running?.Survivor is { } old && old != survival?.Survivor) old.TryEnd();
        if (survival is null) return;
        try
        {
            survival.Survivor.Begin(loaded, survival.Image.Span, [.. Surviving]);
        }
        catch (Exception e) when (e is BpfException or SurvivalException or IOException or UnauthorizedAccessException && (before?.Running is not null || survival.Inheritance is not null))
        {
            // It has taken over, and to stop counting would be worse.
            survival.Survivor.Fail(e.Message);
        }
    }

    // The old programs have made their last count. What they have left is read once more: in maps of their own it would be lost, and in shared ones it belongs to the old labels.
    private void TakeOver(Predecessor before)
    {
        foreach (LoadedBpfProgram program in loaded.Programs)
        {
            if (before.Programs.TryGetValue(program.Name, out ProgramStatistics counted)) program.GoOnFrom(counted);
        }

        if (before is { Running: { } running, IsQuiet: true }) TryPoll(running);
        before.Running?.End();
        foreach (MapPoll poll in polls) poll.TakeOver(before.Polls, map => before.Running is not null && loaded.IsShared(map));
    }

    // It is the old version's decoder that runs here, which may never come back. What came since its last poll can't be known then.
    private static void TryPoll(RunningPlugin running)
    {
        try
        {
            Task.Run(running.Poll).Wait(LastPollPatience);
        }
        catch (AggregateException)
        {
            // Nor if it fails.
        }
    }
}

/// <summary>How a version is to outlive the agent.</summary>
/// <param name="Survivor">Keeps what has to be kept.</param>
/// <param name="Inheritance">What an earlier agent has left; null if nothing, or where a version of this agent goes before.</param>
/// <param name="Image">The object's bytes.</param>
internal sealed record PreparedSurvival(Survivor Survivor, Inheritance? Inheritance, ReadOnlyMemory<byte> Image);
