using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Tests.Bpf.Events;

/// <summary>A perf buffer's memory, written as the kernel does it.</summary>
internal sealed unsafe class FakePerfBuffer : IDisposable
{
    public const uint Lost = 2, Throttle = 5, Sample = 9;

    private readonly byte* _page = (byte*)NativeMemory.AllocZeroed(4096);
    private readonly byte* _data;
    private readonly int _size;

    /// <param name="size">Bytes of the data.</param>
    /// <param name="start">Where both positions stand.</param>
    public FakePerfBuffer(int size, ulong start = 0)
    {
        _size = size;
        _data = (byte*)NativeMemory.AllocZeroed((nuint)size);
        Head = start;
        *(ulong*)(_page + 1032) = start;
        Records = new PerfRecords("events", _page, _data, (ulong)size);
    }

    public PerfRecords Records { get; }

    public ulong Head
    {
        get => *(ulong*)(_page + 1024);
        set => *(ulong*)(_page + 1024) = value;
    }

    public ulong Tail => *(ulong*)(_page + 1032);

    /// <summary>Adds a sample: its length, its bytes, and what fills it up to a multiple of 8, which the kernel counts as its own.</summary>
    public void AddSample(params byte[] sent)
    {
        int filled = ((sent.Length + 4 + 7) & ~7) - 4;
        byte[] body = new byte[4 + filled];
        BinaryPrimitives.WriteInt32LittleEndian(body, filled);
        sent.CopyTo(body, 4);
        body.AsSpan(4 + sent.Length).Fill(0xee);
        Add(Sample, body);
    }

    public void AddLost(ulong count)
    {
        byte[] body = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(8), count);
        Add(Lost, body);
    }

    /// <summary>Adds a record of any type, whose header says this length, if not its own.</summary>
    public void Add(uint type, byte[] body, int? length = null)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(length ?? body.Length + 8));
        ulong position = Head;
        foreach (byte value in (byte[])[.. header, .. body]) _data[(int)(position++ % (ulong)_size)] = value;
        Head = position;
    }

    public void Dispose()
    {
        NativeMemory.Free(_page);
        NativeMemory.Free(_data);
    }
}
