using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>A version that is ready to run, as the supervisor gets it from the loader.</summary>
internal sealed class FakePrepared(RunningPlugin running, FamilyRegistry registry) : IPreparedPlugin
{
    /// <summary>Thrown when it is started; the version before it goes on.</summary>
    public Exception? Refusal { get; init; }

    public Predecessor? Before { get; private set; }

    public RunningPlugin Start(Predecessor? before)
    {
        Before = before;
        if (Refusal is not null) throw Refusal;
        Assert.Null(registry.Reserve([.. running.Families.Select(static family => family.Description.Name)], "test"));
        before?.Running?.End();
        foreach ((MapPoll poll, MapPoll old) in running.Polls.Zip(before?.Polls ?? [])) poll.TakeOver(old, sameMap: false);
        return running;
    }

    public void Dispose() => running.Dispose();
}
