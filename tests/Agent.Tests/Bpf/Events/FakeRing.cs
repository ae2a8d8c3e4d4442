using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Tests.Bpf.Events;

/// <summary>A ring buffer's memory, written as the kernel does it.</summary>
internal sealed unsafe class FakeRing : IDisposable
{
    public const uint Busy = 1u << 31, Discarded = 1u << 30;

    private readonly ulong* _consumer = (ulong*)NativeMemory.AllocZeroed(8);
    private readonly ulong* _producer = (ulong*)NativeMemory.AllocZeroed(8);
    private readonly byte* _data;
    private readonly int _size;

    /// <param name="size">Bytes of the data, once.</param>
    /// <param name="start">Where both positions stand.</param>
    public FakeRing(int size, ulong start = 0)
    {
        _size = size;
        _data = (byte*)NativeMemory.AllocZeroed((nuint)size * 2);
        *_consumer = *_producer = start;
        Records = new RingRecords("events", _consumer, _producer, _data, (ulong)size);
    }

    public RingRecords Records { get; }

    public ulong Consumer => *_consumer;

    public ulong Producer
    {
        get => *_producer;
        set => *_producer = value;
    }

    /// <summary>Adds a record, and returns its position.</summary>
    public ulong Add(byte[] sent, uint flags = 0)
    {
        ulong position = *_producer;
        SetHeader(position, (uint)sent.Length | flags);
        for (int i = 0; i < sent.Length; i++) Put(position + 8 + (ulong)i, sent[i]);
        *_producer = position + (((ulong)sent.Length + 15) & ~7UL);
        return position;
    }

    /// <summary>Writes a record's length and flags.</summary>
    public void SetHeader(ulong position, uint header)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, header);
        for (int i = 0; i < bytes.Length; i++) Put(position + (ulong)i, bytes[i]);
    }

    public void Dispose()
    {
        NativeMemory.Free(_consumer);
        NativeMemory.Free(_producer);
        NativeMemory.Free(_data);
    }

    // The kernel maps the data twice in a row: here both are written.
    private void Put(ulong position, byte value)
    {
        int offset = (int)(position % (ulong)_size);
        _data[offset] = value;
        _data[offset + _size] = value;
    }
}
