using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EbpfAgent.Series;

/// <summary>
/// Raw keys of one size, each with a small number that stays its own until it is removed: the row of whatever is kept for the key.
/// </summary>
/// <remarks>
/// A chained hash table over flat arrays, because a dictionary of byte arrays would be an object a key and need one more to look
/// something up. Hashes are seeded per process: what a key holds may be chosen by whoever is being traced. Not for use by several threads.
/// </remarks>
internal sealed class KeyTable(int keySize)
{
    private const int FirstCapacity = 16;
    private const int None = -1;

    private static readonly ulong Seed = RandomWord();
    private static readonly ulong Factor = RandomWord() | 1;

    private int[] _buckets = NewBuckets(FirstCapacity);
    private int[] _nexts = new int[FirstCapacity];
    private int[] _hashes = new int[FirstCapacity];
    private bool[] _inUse = new bool[FirstCapacity];
    private byte[] _keys = new byte[FirstCapacity * keySize];
    private int _freed = None;

    /// <summary>How many keys there are.</summary>
    public int Count { get; private set; }

    /// <summary>All row numbers are below it; some of them may be free.</summary>
    public int Rows { get; private set; }

    /// <summary>How many rows fit before the next growth.</summary>
    public int Capacity => _nexts.Length;

    /// <summary>Whether a row below <see cref="Rows"/> has a key.</summary>
    public bool IsInUse(int row) => _inUse[row];

    /// <summary>Whether this row is in use, and this key's.</summary>
    public bool Holds(int row, ReadOnlySpan<byte> key) => row < Rows && _inUse[row] && Key(row).SequenceEqual(key);

    /// <summary>The key's row, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key) => Find(key, Hash(key));

    /// <summary>The key's row, which is made if need be.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> key, out bool added)
    {
        int hash = Hash(key);
        int row = Find(key, hash);
        added = row < 0;
        return added ? Add(key, hash) : row;
    }

    /// <summary>The key of a row that is in use; valid until the next addition.</summary>
    public ReadOnlySpan<byte> Key(int row) => _keys.AsSpan(row * keySize, keySize);

    /// <summary>Frees a row that is in use. Its number may be given to a later key.</summary>
    public void Remove(int row)
    {
        ref int link = ref _buckets[Bucket(_hashes[row])];
        while (link != row) link = ref _nexts[link];
        link = _nexts[row];
        _nexts[row] = _freed;
        _inUse[row] = false;
        _freed = row;
        Count--;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ReadOnlySpan<byte> key, int hash)
    {
        for (int row = _buckets[Bucket(hash)]; row >= 0; row = _nexts[row])
        {
            if (_hashes[row] == hash && Key(row).SequenceEqual(key)) return row;
        }

        return None;
    }

    private int Add(ReadOnlySpan<byte> key, int hash)
    {
        int row = TakeRow();
        key.CopyTo(_keys.AsSpan(row * keySize, keySize));
        _hashes[row] = hash;
        _inUse[row] = true;
        ref int head = ref _buckets[Bucket(hash)];
        _nexts[row] = head;
        head = row;
        Count++;
        return row;
    }

    private int TakeRow()
    {
        if (_freed >= 0)
        {
            int row = _freed;
            _freed = _nexts[row];
            return row;
        }

        if (Rows == Capacity) Grow();
        return Rows++;
    }

    // Only ever called with every row in use, so all of them can be chained anew.
    private void Grow()
    {
        int capacity = checked(Capacity * 2);
        Array.Resize(ref _nexts, capacity);
        Array.Resize(ref _hashes, capacity);
        Array.Resize(ref _inUse, capacity);
        Array.Resize(ref _keys, checked(capacity * keySize));
        _buckets = NewBuckets(capacity);
        for (int row = 0; row < Rows; row++)
        {
            ref int head = ref _buckets[Bucket(_hashes[row])];
            _nexts[row] = head;
            head = row;
        }
    }

    private int Bucket(int hash) => hash & (_buckets.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Hash(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed;
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
        ulong last = 0;
        foreach (byte one in key) last = (last << 8) | one;
        hash = Mix(hash ^ last);
        return (int)(hash ^ (hash >> 32));
    }

    // Both halves of the product: each bit of the input reaches all of the output. Both seeds are the process's own, so nobody can choose keys that meet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, Factor, out ulong low);
        return high ^ low;
    }

    // Seeded by the system, and not by OpenSSL, which would be megabytes that nothing else needs.
    private static ulong RandomWord() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    private static int[] NewBuckets(int capacity)
    {
        int[] _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_buckets, None);
        return _buckets;
    }
}
