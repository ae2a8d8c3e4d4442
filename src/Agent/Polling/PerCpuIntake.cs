using System.Buffers.Binary;

namespace EbpfAgent.Polling;

/// <summary>
/// Gives each CPU's value on as an entry of its own, whose key is the entry's with the CPU's number behind it. A CPU whose value is nothing but zeros has none, unless it is asked for: on a host of
/// 256 possible CPUs most never count.
/// </summary>
/// <param name="sink">Takes the entries, of one CPU each.</param>
/// <param name="keySize">Bytes of the map's key.</param>
/// <param name="stride">The distance between two CPUs' values.</param>
/// <param name="cpus">How many there are.</param>
/// <param name="withZeros">Whether a CPU whose value is nothing but zeros is an entry as well.</param>
internal sealed class PerCpuIntake(IEntrySink sink, int keySize, int stride, int cpus, bool withZeros = false) : IEntrySink
{
    /// <summary>Bytes that the CPU's number takes behind the key.</summary>
    public const int NumberSize = sizeof(uint);

    private readonly byte[] _key = new byte[keySize + NumberSize];

    public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
    {
        for (int i = 0; i < count; i++)
        {
            keys.Slice(i * keySize, keySize).CopyTo(_key);
            for (int cpu = 0; cpu < cpus; cpu++)
            {
                ReadOnlySpan<byte> value = values.Slice(((i * cpus) + cpu) * stride, stride);
                if (!withZeros && !value.ContainsAnyExcept((byte)0)) continue;
                BinaryPrimitives.WriteUInt32LittleEndian(_key.AsSpan(keySize), (uint)cpu);
                sink.Accept(_key, value, 1);
            }
        }
    }
}
