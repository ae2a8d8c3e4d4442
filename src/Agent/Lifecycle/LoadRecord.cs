namespace EbpfAgent.Lifecycle;

/// <summary>The account of a plugin's loads. Written by its supervisor, read by any thread.</summary>
internal sealed class LoadRecord
{
    private long _loads;
    private long _reloads;
    private long _failures;
    private long _retries;

    /// <summary>First loads that succeeded: nothing ran before.</summary>
    public long Loads => Interlocked.Read(ref _loads);

    /// <summary>Versions that have taken the place of another.</summary>
    public long Reloads => Interlocked.Read(ref _reloads);

    /// <summary>Versions that could not run, each counted once however often it was tried.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Attempts after the first one of a version.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    public void Loaded() => Interlocked.Increment(ref _loads);

    public void Reloaded() => Interlocked.Increment(ref _reloads);

    public void Failed() => Interlocked.Increment(ref _failures);

    public void Retried() => Interlocked.Increment(ref _retries);
}
