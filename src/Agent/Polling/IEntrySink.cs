namespace EbpfAgent.Polling;

/// <summary>Takes a map's entries as they are read, a batch at a time.</summary>
internal interface IEntrySink
{
    /// <summary>
    /// Takes <paramref name="count"/> entries: keys back to back, and for each its values, one per possible CPU, a stride apart. The spans are
    /// valid during the call only. A key may come twice in one read of a changing map; the later value replaces the earlier.
    /// </summary>
    void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count);
}
