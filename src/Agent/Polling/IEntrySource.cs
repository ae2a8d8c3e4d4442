using EbpfAgent.Bpf;

namespace EbpfAgent.Polling;

/// <summary>What a poll reads entries from: a map, or the events of a buffer that the agent has counted.</summary>
internal interface IEntrySource
{
    /// <summary>Bytes of one entry's values, of all possible CPUs where each has its own.</summary>
    int ValueBytes { get; }

    /// <summary>Reads all entries and returns how many the sink was given.</summary>
    /// <exception cref="BpfException">A call failed; the read is void.</exception>
    int Read(IEntrySink sink);
}
