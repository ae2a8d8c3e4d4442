namespace EbpfAgent.Bpf;

/// <summary>
/// What a new version of an object can take over from: an object that runs, or one that was found pinned. Its maps may be shared with any number of successors; its
/// attachments are moved to one.
/// </summary>
internal interface IPredecessor
{
    /// <summary>The file or resource that it came from, for messages.</summary>
    string Name { get; }

    /// <summary>Its maps, borrowed.</summary>
    IReadOnlyList<BpfMap> Maps { get; }

    /// <summary>The types that its maps' definitions refer to.</summary>
    Btf Types { get; }

    /// <summary>What runs, and where. Emptied by who takes it over, under <see cref="Gate"/>.</summary>
    List<Attachment> Attachments { get; }

    /// <summary>Held by who looks after the attachments or moves them. A successor takes its own first.</summary>
    Lock Gate { get; }
}
