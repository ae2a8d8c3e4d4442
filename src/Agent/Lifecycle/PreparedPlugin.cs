using EbpfAgent.Bpf;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Lifecycle;

/// <summary>A version that is in the kernel and attached to nothing.</summary>
/// <param name="owner">The plugin's name.</param>
/// <param name="definition">What it says of itself; owned.</param>
/// <param name="loaded">Its object; owned.</param>
/// <param name="polls">Its maps, each with its family.</param>
/// <param name="gate">The lock that its families share.</param>
/// <param name="registry">The names of all metrics.</param>
/// <param name="kernel">This kernel.</param>
internal sealed class PreparedPlugin(
    string owner, PluginDefinition definition, LoadedBpfObject loaded, IReadOnlyList<MapPoll> polls, Lock gate, FamilyRegistry registry, KernelFacts kernel) : IPreparedPlugin
{
    public RunningPlugin Start(Predecessor? before)
    {
        Reserve();
        try
        {
            AttachAfter(before?.Running);
        }
        catch (Exception e)
        {
            registry.Cancel(owner);
            throw PluginErrors.From(e);
        }

        if (before is not null) TakeOver(before);
        return new RunningPlugin(definition, loaded, polls, gate);
    }

    public void Dispose()
    {
        loaded.Dispose();
        definition.Dispose();
    }

    private void Reserve()
    {
        if (registry.Reserve([.. polls.Select(static poll => poll.Family.Description.Name)], owner) is not { } taken) return;
        throw new PluginException(PluginError.Metric, $"metric '{taken.Name}' is claimed by plugin '{owner}' and belongs to '{taken.Owner}'; rename one, or disable one of the two")
        {
            // The other one may go.
            IsTransient = true,
        };
    }

    private void AttachAfter(RunningPlugin? before)
    {
        if (before is null)
        {
            loaded.Attach(kernel);
            return;
        }

        loaded.PrepareTakeOver(before.Object, kernel);
        loaded.TakeOver(before.Object);
    }

    // The old programs have made their last count. What they left in a map of their own is read once more; in a shared one it is still there.
    private void TakeOver(Predecessor before)
    {
        if (before is { Running: { } running, IsQuiet: true } && before.Polls.Any(poll => !loaded.IsShared(poll.Map.Definition.Name))) TryPoll(running);
        before.Running?.End();
        foreach (MapPoll poll in polls)
        {
            string name = poll.Family.Description.Name;
            if (before.Polls.FirstOrDefault(old => old.Family.Description.Name == name) is { } old) poll.TakeOver(old, IsSame(poll, old, before));
        }
    }

    private bool IsSame(MapPoll poll, MapPoll old, Predecessor before) =>
        before.Running is not null && poll.Map.Definition.Name == old.Map.Definition.Name && loaded.IsShared(poll.Map.Definition.Name);

    private static void TryPoll(RunningPlugin running)
    {
        try
        {
            running.Poll();
        }
        catch (BpfException)
        {
            // What came since its last poll can't be known.
        }
    }
}
