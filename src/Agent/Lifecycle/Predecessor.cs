using EbpfAgent.Polling;

namespace EbpfAgent.Lifecycle;

/// <summary>What a version of a plugin comes after.</summary>
/// <param name="Polls">What the version before it has counted; its totals go on.</param>
/// <param name="Running">That version, where it still runs; null where it was unloaded a short while ago.</param>
/// <param name="IsQuiet">Whether nobody polls it. A poll that hangs in its decoder can't be waited for: then it is not polled a last time.</param>
internal sealed record Predecessor(IReadOnlyList<MapPoll> Polls, RunningPlugin? Running = null, bool IsQuiet = true);
