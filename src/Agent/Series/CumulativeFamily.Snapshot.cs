namespace EbpfAgent.Series;

/// <content>Survival of the agent's own death, for a metric whose map outlives it in the kernel.</content>
/// <remarks>
/// After a death the totals are those of the last snapshot, and what the map's entries have gained against the words that the snapshot read last. That is all
/// there was as long as keys that the snapshot knows have only grown, and new ones have come with label sets of their own: they count from 0, so that the map
/// alone says how much. It is not all once an entry has been deleted or made anew (its last gain is in no entry any more), a label set has ended or begun to rest,
/// found no room (it must stay without), or was renamed. Then <see cref="NeedsSnapshot"/> is true. Write the snapshot before the gate is released that
/// <see cref="Commit"/> was called with, or a scrape may see what a death an instant later would lose. 
/// What no snapshot can help, so that a last one should be written when the agent ends in an orderly way, and one now and then: while no agent runs, an entry
/// that is deleted takes along what it has counted since the snapshot, and new label sets may take the room of some that are younger than it. And a key is
/// taken to mean what it meant: under another decoder its gain since the snapshot goes to its new label set.
/// </remarks>
internal sealed partial class CumulativeFamily
{
    private volatile bool _needsSnapshot;

    /// <summary>Whether the last snapshot and the map no longer tell the totals. Any thread may read it.</summary>
    public bool NeedsSnapshot => _needsSnapshot;

    /// <summary>
    /// Writes all that the map doesn't tell. Belongs to the polling thread, between polls. Clears <see cref="NeedsSnapshot"/>; whoever then fails to put the
    /// bytes where they are to be found calls <see cref="SnapshotIsLost"/>.
    /// </summary>
    public void WriteSnapshot(Stream stream)
    {
        SnapshotWriter.Write(stream, Description, new FamilyState(Polled, _former, _labels, Drops, DecodingTime));
        _needsSnapshot = false;
    }

    /// <summary>Says that what was written last does not count.</summary>
    public void SnapshotIsLost() => _needsSnapshot = true;

    /// <summary>
    /// Goes on from a snapshot of the same map, as <see cref="TakeOver"/> does from a family. Call before the first <see cref="Begin"/>. Reads the stream to its end.
    /// </summary>
    /// <exception cref="InvalidDataException">The snapshot is damaged, or another map's. Nothing has changed.</exception>
    public void ReadSnapshot(Stream stream)
    {
        using var reader = new SnapshotReader(stream);
        IReadOnlyList<string> names = reader.ReadShape(Description, Polled.KeySize);
        var old = new CumulativeFamily(Description with { LabelNames = names }, Polled.KeySize, NoDecoder.Instance, _limits, Gate, _time);
        TimeSpan decoding = reader.ReadState(new FamilyState(old.Polled, null, old._labels, old.Drops, default), _time.GetTimestamp());
        old.Naming.AddTime(decoding);
        TakeOver(old, sameMap: true);
    }

    // What a snapshot holds is never polled.
    private sealed class NoDecoder : Decoding.IKeyDecoder
    {
        public static NoDecoder Instance { get; } = new();

        public IReadOnlyList<string> LabelNames => [];

        public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key) => throw new NotSupportedException();
    }
}

/// <summary>What a snapshot takes from a family, and gives to another.</summary>
/// <param name="Keys">The raw keys.</param>
/// <param name="Former">What the keys' series were before a take-over whose first poll is yet to come; else null.</param>
/// <param name="Labels">The label sets.</param>
/// <param name="Drops">What was left out.</param>
/// <param name="DecodingTime">The time that decoding took.</param>
internal readonly record struct FamilyState(PolledKeys Keys, int[]? Former, LabelSets Labels, DropCounts Drops, TimeSpan DecodingTime);
