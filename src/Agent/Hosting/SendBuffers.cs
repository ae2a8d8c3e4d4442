using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace EbpfAgent.Hosting;

/// <summary>
/// Large blocks for Kestrel's pipes. With its own blocks of 4 KiB a document of 22 MB goes through the socket in 5,500 pieces, and the runtime allocates
/// 24 bytes for each piece of a send that has more than eight; with blocks of 256 KiB, of which at most six wait to be sent, no send has.
/// </summary>
internal sealed class SendBuffers : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>What one block holds.</summary>
    public const int BlockSize = 256 << 10;

    // What an agent needs that is scraped by a few at a time; more than that is left to the collector.
    private const int MostKept = 16;

    private readonly ConcurrentQueue<Block> _blocks = new();

    public override int MaxBufferSize => BlockSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        return _blocks.TryDequeue(out Block? block) ? block : new Block(this);
    }

    // The one pool lives as long as the process.
    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(SendBuffers pool) : IMemoryOwner<byte>
    {
        // Pinned for good: the socket pins each block of each send otherwise.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (pool._blocks.Count < MostKept) pool._blocks.Enqueue(this);
        }
    }
}
