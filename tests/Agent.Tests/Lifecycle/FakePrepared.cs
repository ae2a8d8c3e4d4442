using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A version that is ready to run, as the supervisor gets it from the loader.</summary>
internal sealed class FakePrepared(RunningPlugin running, FamilyRegistry registry) : IPreparedPlugin
{
    private const string Owner = "test";

    /// <summary>Thrown when it is started; the version before it goes on.</summary>
    public Exception? Refusal { get; init; }

    /// <summary>Called when it is started.</summary>
    public Action<Predecessor?> OnStart { get; init; } = static _ => { };

    public Predecessor? Before { get; private set; }

    public RunningPlugin Start(Predecessor? before)
    {
        Before = before;
        Assert.Null(registry.Reserve([.. running.Families.Select(static family => family.Description.MetricName)], Owner));
        OnStart(before);
        if (Refusal is not null)
        {
            registry.Cancel(Owner);
            throw Refusal;
        }

        before?.Running?.End();
        foreach (MapPoll poll in running.Polls)
        {
            if (before is not null) poll.TakeOver(before.Polls, static _ => false);
        }

        return running;
    }

    public void Dispose() => running.Dispose();
}
