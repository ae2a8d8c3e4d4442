namespace EbpfAgent.Polling;

/// <summary>What a poll reads: a map, or what stands for one.</summary>
internal interface IEntrySource
{
    /// <summary>Bytes of one entry's values, of all possible CPUs.</summary>
    int ValueBytes { get; }

    /// <summary>Reads all entries and returns the number of those that the sink was given.</summary>
    int Read(IEntrySink sink);
}
