using System.Buffers;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Polling;

/// <summary>
/// Reads all entries of one map into a sink. Buffers are rented for the time of a read and shared by all maps, so an agent
/// with a hundred plugins holds no more of them than one that polls as many at once.
/// </summary>
/// <remarks>
/// A read that fails throws, and what the sink got by then is not the map: discard it. Not for use by several threads.
/// Allocates nothing at steady state.
/// </remarks>
internal sealed class MapReader : IEntrySource
{
    // A batch's values should fit into the second-level cache: they are folded right after the kernel wrote them.
    private const int BatchBytes = 512 << 10;
    private const int SmallestBatch = 64;

    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(maxArrayLength: 1 << 30, maxArraysPerBucket: 8);

    private readonly IMapCalls _calls;
    private readonly BpfMap _map;
    private readonly MapDefinition _definition;
    private readonly int _valueBytes;
    private readonly byte[] _cursor;
    private readonly byte[] _next;
    private int _batch;
    private KeyWalk? _walk;

    /// <param name="calls">The funnel.</param>
    /// <param name="map">The map; borrowed.</param>
    /// <param name="possibleCpus">How many values a per-CPU entry has.</param>
    /// <param name="firstBatch">How many entries to ask for at first; by default as many as suit the cache.</param>
    public MapReader(IMapCalls calls, BpfMap map, int possibleCpus, int? firstBatch = null)
    {
        _calls = calls;
        _map = map;
        _definition = map.Definition;
        // Only the values of CPUs are rounded up: those of other maps lie without a gap.
        _valueBytes = _definition.IsPerCpu ? _definition.Stride * possibleCpus : _definition.ValueSize;
        // The kernel keeps a 4-byte hash bucket in the cursor, whatever the key's size.
        _cursor = new byte[Math.Max(sizeof(uint), _definition.KeySize)];
        _next = new byte[_cursor.Length];
        _batch = firstBatch ?? (int)Math.Min(Math.Max(SmallestBatch, BatchBytes / _valueBytes), Math.Max(_definition.MaxEntries, 1));
    }

    public int ValueBytes => _valueBytes;

    public int Read(IEntrySink sink)
    {
        if (_walk is not null) return _walk.Read(sink);
        byte[] keys = Buffers.Rent(_batch * _definition.KeySize);
        byte[] values = Buffers.Rent(_batch * _valueBytes);
        try
        {
            return ReadInBatches(sink, ref keys, ref values);
        }
        finally
        {
            Buffers.Return(keys);
            Buffers.Return(values);
        }
    }

    private int ReadInBatches(IEntrySink sink, ref byte[] keys, ref byte[] values)
    {
        int entries = 0;
        bool first = true;
        while (true)
        {
            uint count = (uint)_batch;
            int result = _calls.LookupBatch(_map.Handle, first ? default : _cursor, _next, keys, values, ref count);
            if (result == -Errno.NoSpace)
            {
                // One hash bucket holds more than fits; the cursor hasn't moved.
                Grow(ref keys, ref values);
                continue;
            }

            if (first && LacksBatches(result))
            {
                _walk = new KeyWalk(_calls, _map, _valueBytes);
                return _walk.Read(sink);
            }

            bool atEnd = result == -Errno.NoEntry;
            if (result < 0 && !atEnd) throw BpfException.Of($"can't read map '{_definition.Name}'", result);
            if (count > 0) sink.Accept(keys.AsSpan(0, (int)count * _definition.KeySize), values.AsSpan(0, (int)count * _valueBytes), (int)count);
            entries += (int)count;
            if (atEnd) return entries;
            _next.CopyTo(_cursor, 0);
            first = false;
        }
    }

    // Kernels before 5.6 have no batches, and later ones not for every type of map.
    private static bool LacksBatches(int result) =>
        result is -Errno.Invalid or -Errno.OperationNotSupported or -Errno.NotSupportedByKernel;

    private void Grow(ref byte[] keys, ref byte[] values)
    {
        if (_batch > _definition.MaxEntries)
            throw BpfException.Of($"can't read map '{_definition.Name}': {_batch} entries don't hold one of its hash buckets", -Errno.NoSpace);
        int more = checked(_batch * 2);
        // Rented before the old ones are returned: if that fails, the caller returns them, and nobody may have them twice.
        byte[] moreKeys = Buffers.Rent(checked(more * _definition.KeySize));
        byte[] moreValues = Buffers.Rent(checked(more * _valueBytes));
        Buffers.Return(keys);
        Buffers.Return(values);
        (keys, values, _batch) = (moreKeys, moreValues, more);
    }
}
