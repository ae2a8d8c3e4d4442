using EbpfAgent.Bpf;
using EbpfAgent.Polling;

namespace EbpfAgent.Lifecycle;

/// <summary>What a version of a plugin comes after.</summary>
/// <param name="Polls">What the version before it has counted; its totals go on.</param>
/// <param name="Running">That version, where it still runs; null where it was unloaded a short while ago.</param>
/// <param name="IsQuiet">Whether nobody polls it. A poll that hangs in its decoder can't be waited for: then it is not polled a last time.</param>
internal sealed record Predecessor(IReadOnlyList<MapPoll> Polls, RunningPlugin? Running = null, bool IsQuiet = true)
{
    /// <summary>What the programs of one that was unloaded had counted, by their names. Those of one that runs go on by themselves.</summary>
    public IReadOnlyDictionary<string, ProgramStatistics> Programs { get; private init; } = new Dictionary<string, ProgramStatistics>();

    /// <summary>What remains of a version that is detached and about to be disposed.</summary>
    public static Predecessor Unloaded(RunningPlugin ended)
    {
        var programs = new Dictionary<string, ProgramStatistics>();
        foreach (LoadedBpfProgram program in ended.Object.Programs)
        {
            if (program.ReadStatistics() is { } statistics) programs[program.Name] = statistics;
        }

        return new Predecessor(ended.Polls) { Programs = programs };
    }
}
