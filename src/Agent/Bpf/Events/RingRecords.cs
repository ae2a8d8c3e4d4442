using System.Runtime.CompilerServices;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// The ring buffer's protocol, over memory that the kernel writes: two positions that only grow, and records of an 8-byte header and the event's bytes, rounded up to 8. The data lie twice
/// in a row, so that none is ever broken at the end.
/// </summary>
/// <param name="name">The buffer, for messages.</param>
/// <param name="consumer">Our position: what is before it is free to be written again.</param>
/// <param name="producer">The kernel's position: what is before it is reserved, and written unless it is marked as busy.</param>
/// <param name="data">The records.</param>
/// <param name="size">The bytes of the data, once: a power of two.</param>
internal sealed unsafe class RingRecords(string name, ulong* consumer, ulong* producer, byte* data, ulong size)
{
    private const uint Busy = 1u << 31;      // BPF_RINGBUF_BUSY_BIT
    private const uint Discarded = 1u << 30; // BPF_RINGBUF_DISCARD_BIT
    private const ulong HeaderSize = 8;

    /// <summary>Takes records up to where the kernel stands at the call, or to one that is being written. Returns how many bytes they took.</summary>
    /// <exception cref="BpfException">A position or length is none that the kernel writes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong Drain(IEventSink sink)
    {
        ulong start = *consumer;
        ulong end = Volatile.Read(ref *producer);
        ulong position = start;
        if (end - start > size) throw Corrupt($"{end - start} bytes are said to be in it, and it has {size}");
        while (position != end)
        {
            byte* record = data + (position & (size - 1));
            uint header = Volatile.Read(ref *(uint*)record);
            if ((header & Busy) != 0) break;
            uint length = header & ~Discarded;
            ulong taken = (length + HeaderSize + 7) & ~7UL;
            if (taken > end - position) throw Corrupt($"an event of {length} bytes is said to be in the last {end - position}");
            if ((header & Discarded) == 0) sink.Accept(new ReadOnlySpan<byte>(record + HeaderSize, (int)length));
            position += taken;
            // One by one: what is full frees itself from the first event on.
            Volatile.Write(ref *consumer, position);
        }

        return position - start;
    }

    /// <summary>
    /// What is left. By default the kernel wakes for a record only if we have taken all before it, as far as it sees at that moment: so our position has to be out before we look,
    /// or each of us might believe that it is the other's turn.
    /// </summary>
    public RingRest Rest()
    {
        Interlocked.MemoryBarrier();
        ulong position = *consumer;
        if (Volatile.Read(ref *producer) == position) return RingRest.None;
        return (Volatile.Read(ref *(uint*)(data + (position & (size - 1)))) & Busy) != 0 ? RingRest.BeingWritten : RingRest.Some;
    }

    private BpfException Corrupt(string what) =>
        BpfException.With(BpfFailure.Other, $"ring buffer '{name}' does not hold what the kernel writes: {what}; reload the plugin");
}

/// <summary>What is in a ring buffer after it was drained.</summary>
internal enum RingRest
{
    /// <summary>Nothing: the kernel wakes for the next event.</summary>
    None,

    /// <summary>An event that is still being written, perhaps with others behind it; the kernel wakes when it is complete.</summary>
    BeingWritten,

    /// <summary>Events for which the kernel may not wake any more.</summary>
    Some,
}
