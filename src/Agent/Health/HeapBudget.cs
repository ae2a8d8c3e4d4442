namespace EbpfAgent.Health;

/// <summary>
/// Collects short-lived garbage every few megabytes. The runtime lets it grow with the host's last-level cache, to 25 MB and more on a server, which is more than
/// all that this process keeps, and has no setting for it but an environment variable.
/// </summary>
/// <remarks>A collection of this much takes well under a millisecond: nearly all of it is dead.</remarks>
internal sealed class HeapBudget
{
    private const long Budget = 4 << 20;

    private long _collectedAt;

    /// <summary>Gives back at once what the start needed, and the next collection of the runtime's own would perhaps find hours later.</summary>
    public static void AfterStart() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Collects if the budget is used up. Called after each scrape, when nobody waits.</summary>
    public void Check()
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - Interlocked.Read(ref _collectedAt) < Budget) return;
        Interlocked.Exchange(ref _collectedAt, allocated);
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
