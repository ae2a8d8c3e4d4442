using System.Buffers.Binary;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// The perf buffer's protocol, over memory that the kernel writes: a page with two positions that only grow, and records of an 8-byte header and what its type says. A record may be broken
/// at the end of the data and go on at their begin.
/// </summary>
/// <param name="name">The buffer, for messages.</param>
/// <param name="page">The page with the positions (<c>struct perf_event_mmap_page</c>).</param>
/// <param name="data">The records.</param>
/// <param name="size">The bytes of the data: a power of two.</param>
internal sealed unsafe class PerfRecords(string name, byte* page, byte* data, ulong size)
{
    private const int HeadOffset = 1024;
    private const int TailOffset = 1032;
    private const int HeaderSize = 8;
    private const uint LostEvents = 2; // PERF_RECORD_LOST
    private const uint Sample = 9;     // PERF_RECORD_SAMPLE

    private byte[] _whole = [];

    /// <summary>How many events the kernel has said to be lost. It says so with the next event that finds room.</summary>
    public ulong Lost { get; private set; }

    /// <summary>Takes records up to where the kernel stands at the call. Returns how many bytes they took.</summary>
    /// <exception cref="BpfException">A position or length is none that the kernel writes.</exception>
    public ulong Drain(IEventSink sink)
    {
        ulong end = Volatile.Read(ref *(ulong*)(page + HeadOffset));
        ref ulong tail = ref *(ulong*)(page + TailOffset);
        ulong start = tail;
        if (end - start > size) throw Corrupt($"{end - start} bytes are said to be in it, and it has {size}");
        while (tail != end)
        {
            ulong left = end - tail;
            byte* record = data + (tail & (size - 1));
            int length = *(ushort*)(record + 6);
            if (length < HeaderSize || length % 8 != 0 || (ulong)length > left) throw Corrupt($"a record of {length} bytes is said to be in the last {left}");
            Take(*(uint*)record, Whole(tail, length)[HeaderSize..], sink);
            Volatile.Write(ref tail, tail + (ulong)length);
        }

        return end - start;
    }

    private void Take(uint type, ReadOnlySpan<byte> body, IEventSink sink)
    {
        if (type == LostEvents && body.Length >= 16) Lost += BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
        if (type != Sample || body.Length < sizeof(uint)) return;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(body);
        if (length > body.Length - sizeof(uint)) throw Corrupt($"an event of {length} bytes is said to be in a record with {body.Length}");
        sink.Accept(body.Slice(sizeof(uint), (int)length));
    }

    private ReadOnlySpan<byte> Whole(ulong position, int length)
    {
        int offset = (int)(position & (size - 1));
        int first = (int)Math.Min((ulong)length, size - (ulong)offset);
        if (first == length) return new ReadOnlySpan<byte>(data + offset, length);
        if (_whole.Length < length) _whole = new byte[length];
        new ReadOnlySpan<byte>(data + offset, first).CopyTo(_whole);
        new ReadOnlySpan<byte>(data, length - first).CopyTo(_whole.AsSpan(first));
        return _whole.AsSpan(0, length);
    }

    private BpfException Corrupt(string what) =>
        BpfException.With(BpfFailure.Other, $"perf buffer '{name}' does not hold what the kernel writes: {what}; reload the plugin");
}
